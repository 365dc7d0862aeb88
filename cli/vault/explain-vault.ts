import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Connection, Context } from '../context.ts';
import { describeError } from '../errors.ts';

const FOLDER = new URL('../../reader/', import.meta.url);

/** What lies at the root of each vault, for whoever has no Holdfast: what is where, and a script that restores it. */
const PAGES = [
  { key: 'README.txt', contentType: 'text/plain; charset=utf-8' },
  { key: 'holdfast-restore.py', contentType: 'text/x-python; charset=utf-8' },
] as const;

/**
 * Puts into the vault what explains it, where that is missing or another. Costs a HEAD for each page. Nothing else depends on it:
 * where it cannot be written, a warning says so.
 */
export async function explainVault(
  {
    stack: { account },
    world: {
      store,
      settings: { vault },
    },
  }: Pick<Connection, 'stack' | 'world'>,
  { output }: Pick<Context, 'output'>,
): Promise<void> {
  try {
    for (const { key, contentType } of PAGES) {
      const text = (await readFile(new URL(key, FOLDER), 'utf8'))
        .replaceAll('VAULT', vault)
        .replace('OWNER = ""', `OWNER = "${account}"`);
      const there = await store.head({ bucket: vault, key });
      // With a key of the vault's own an ETag is no digest: the page is written again then.
      const isIt = there.found && there.object.etag === createHash('md5').update(text).digest('hex');
      if (!isIt) await store.put({ bucket: vault, key }, text, contentType);
    }
  } catch (error) {
    output.note(
      `warning: the vault is not explained by README.txt and holdfast-restore.py in it: ${describeError(error).message}`,
    );
  }
}
