import { randomUUID } from 'node:crypto';
import { glob, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const CONSTANT = /^const (_\w+) = ("(?:[^"\\]|\\.)*");$/gm;
const NAMED_BY_CONSTANT = /\[(_\w+)\]:/g;
const COMPUTED = /^.*\]\s*:.*$/m;
/** As a literal, this name would set the prototype; as a computed one, it makes a property. */
const PROTOTYPE = '"__proto__"';

/**
 * Writes the names of properties out, in the clients of AWS's SDK that the functions are bundled with: `{ [_hC]: "-" }` becomes
 * `{ "httpChecksum": "-" }`. A client describes every operation of its service in one file. esbuild leaves out what is not used only
 * where making it surely does nothing, and it is not sure of a name that is computed. See docs/adr/0041-literal-names.md.
 *
 * What was written out already is left as it is.
 * @param root the checkout
 * @returns the clients of which a file was written, as `@aws-sdk/client-s3`
 * @throws Error which says the client, when its files are not as this code knows them
 */
export async function writeNamesOut(root: string): Promise<string[]> {
  const core = join(root, 'layers/core/package.json');
  const { dependencies } = JSON.parse(await readFile(core, 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const { resolve } = createRequire(core);
  const changed: string[] = [];
  for (const client of Object.keys(dependencies).filter((name) => name.startsWith('@aws-sdk/client-'))) {
    const folder = dirname(resolve(`${client}/package.json`));
    const files = await Array.fromAsync(glob('dist-es/schemas/*.js', { cwd: folder }));
    if (files.length === 0) throw unknown(client, 'it has no file dist-es/schemas/*.js');
    for (const name of files) {
      const file = join(folder, name);
      const before = await readFile(file, 'utf8');
      const after = withLiteralNames(before);
      const [line] = COMPUTED.exec(after) ?? [];
      if (line !== undefined) throw unknown(client, `${name} names a property otherwise: ${line.trim()}`);
      if (after === before) continue;
      // Whole or not at all: somebody may be building.
      const draft = `${file}.${randomUUID()}`;
      await writeFile(draft, after);
      await rename(draft, file);
      changed.push(client);
    }
  }
  return changed;
}

/** The same code, with those names of properties written out that are constants of this very code. */
export function withLiteralNames(code: string): string {
  const constants = new Map<string, string>();
  for (const [, name = '', literal = ''] of code.matchAll(CONSTANT))
    if (literal !== PROTOTYPE) constants.set(name, literal);
  return code.replaceAll(NAMED_BY_CONSTANT, (computed, name: string) => {
    const literal = constants.get(name);
    return literal === undefined ? computed : `${literal}:`;
  });
}

function unknown(client: string, what: string): Error {
  return new Error(
    `${client} is not built as it was, so bundles would hold the description of every operation: ${what}. ` +
      'See docs/adr/0041-literal-names.md.',
  );
}
