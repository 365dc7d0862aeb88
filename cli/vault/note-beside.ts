import type { SourcePlace } from '@holdfast/core/model/source-place.ts';
import type { Connection, Context } from '../context.ts';
import { visibleKey } from '../text/visible.ts';

/** The last that XML, and so a listing, may hold. */
const LAST_CHARACTER = '\u{10FFFD}';

/**
 * A prefix is the beginning of keys. Says so where it reads like a folder, and there is one, and what lies beside the
 * folder is taken too: `s3://photos/2025` has `2025-old/` in it. Where prefixes are folders anyway, there is nothing to say.
 */
export async function noteBeside(
  { source, prefix }: SourcePlace,
  { world }: Pick<Connection, 'world'>,
  { kinds, output }: Pick<Context, 'kinds' | 'output'>,
): Promise<void> {
  if (prefix === '' || prefix.endsWith('/')) return;
  const address = kinds.addresses.of(source);
  if (!address.isUnder(`${prefix}-beside`, prefix)) return;
  const [root = ''] = address.vaultPrefixes(source);
  const folder = `${root}${prefix}/`;
  const { store, settings } = world;
  const first = async (wanted: string, after?: string) => {
    const marker = after === undefined ? {} : { marker: { key: after } };
    const { versions } = await store.listVersions({
      bucket: settings.vault,
      prefix: wanted,
      limit: 1,
      ...marker,
    });
    return versions[0]?.key;
  };
  const [inside, lowest, beyond] = await Promise.all([
    first(folder),
    first(root + prefix),
    first(root + prefix, folder + LAST_CHARACTER),
  ]);
  const beside = [lowest, beyond].find((key) => key !== undefined && !key.startsWith(folder));
  if (inside === undefined || beside === undefined) return;
  const uri = `${source}/${visibleKey(prefix)}`;
  output.note(
    `${uri} is the beginning of keys, ${visibleKey(beside.slice(root.length))} among them: write ${uri}/ for the folder alone`,
  );
}
