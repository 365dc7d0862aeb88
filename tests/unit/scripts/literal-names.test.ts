import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../scripts/lib/checkout-venv.ts';
import { withLiteralNames, writeNamesOut } from '../../../scripts/lib/literal-names.ts';
import { givenDirectory } from './support.ts';

const CODE = [
  'const _hC = "httpChecksum";',
  'const _q = "with \\" in it";',
  'export var PutObject$ = [9, { [_hC]: "-", [_q]: 1 }, () => PutObjectRequest$];',
].join('\n');
const NAMED =
  'export var PutObject$ = [9, { "httpChecksum": "-", "with \\" in it": 1 }, () => PutObjectRequest$];';

/** A checkout whose core uses one client of AWS's, with one file of descriptions. */
async function givenCheckout(code: string, file = 'dist-es/schemas/schemas_0.js') {
  const root = await givenDirectory();
  const client = join(root, 'layers/core/node_modules/@aws-sdk/client-clay');
  await mkdir(join(client, file, '..'), { recursive: true });
  await writeFile(
    join(root, 'layers/core/package.json'),
    JSON.stringify({ dependencies: { '@aws-sdk/client-clay': '1.0.0', valibot: '1.0.0' } }),
  );
  await writeFile(join(client, 'package.json'), '{"version":"1.0.0"}');
  await writeFile(join(client, file), code);
  return { root, file: join(client, file) };
}

describe('names that are written out', () => {
  it('are those that are constants of the same file', () => {
    expect(withLiteralNames(CODE).split('\n')[2]).toBe(NAMED);
  });

  it('are not those of others, of which nobody knows what making them does', () => {
    const other =
      'import { _a } from "./b";\nexport var A$ = { [_a]: 1 };\nlet _b = "b";\nexport var B$ = { [_b]: 1 };';
    expect(withLiteralNames(other)).toBe(other);
  });

  it('are never the prototype, which another object would get', () => {
    const code = 'const _p = "__proto__";\nexport var A$ = { [_p]: 1 };';
    expect(withLiteralNames(code)).toBe(code);
  });
});

describe('the clients of a checkout', () => {
  it('are written once', async () => {
    const { root, file } = await givenCheckout(CODE);
    expect(await writeNamesOut(root)).toEqual(['@aws-sdk/client-clay']);
    expect(await readFile(file, 'utf8')).toContain('{ "httpChecksum": "-", ');
    const { mtimeMs } = await stat(file);
    expect(await writeNamesOut(root)).toEqual([]);
    expect((await stat(file)).mtimeMs).toBe(mtimeMs);
  });

  it('are refused where a name is computed otherwise', async () => {
    const { root, file } = await givenCheckout('export var A$ = [\n  { [name()]: 1 }\n];');
    await expect(writeNamesOut(root)).rejects.toThrow(
      '@aws-sdk/client-clay is not built as it was, so bundles would hold the description of every operation: ' +
        'dist-es/schemas/schemas_0.js names a property otherwise: { [name()]: 1 }. See docs/adr/0041-literal-names.md.',
    );
    expect(await readFile(file, 'utf8')).toContain('[name()]');
  });

  it('are refused where their descriptions are not to be found', async () => {
    const { root } = await givenCheckout(CODE, 'dist-es/schemas.js');
    await expect(writeNamesOut(root)).rejects.toThrow('it has no file dist-es/schemas/*.js');
  });
});

/** What is described, but for where it refers to: that is a function. */
function described(value: unknown): unknown {
  if (typeof value === 'function') return 'function';
  if (Array.isArray(value)) return value.map(described);
  const isPlain =
    value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, described(one)]))
    : value;
}

describe('the SDK that npm has installed', async () => {
  const core = join(ROOT, 'layers/core/package.json');
  const require = createRequire(core);
  const { dependencies } = JSON.parse(await readFile(core, 'utf8')) as { dependencies: object };
  const clients = Object.keys(dependencies).filter((name) => name.startsWith('@aws-sdk/client-'));

  // What nobody rewrites: the same descriptions as CommonJS.
  it.each(clients)('describes in %s what it did before', async (client) => {
    await writeNamesOut(ROOT);
    const { outputFiles } = await build({
      stdin: {
        contents: `export * from '${client}/dist-es/schemas/schemas_0'`,
        resolveDir: join(core, '..'),
      },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      mainFields: ['module', 'main'],
    });
    const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
    const written: Record<string, unknown> = await import(`data:text/javascript;base64,${code}`);
    const untouched: Record<string, unknown> = require(client);
    const names = Object.keys(written).filter((name) => name.endsWith('$'));
    expect(names.length).toBeGreaterThan(10);
    const differing = names.filter(
      (name) => !isDeepStrictEqual(described(written[name]), described(untouched[name])),
    );
    expect(differing).toEqual([]);
  });

  it('is prepared by npm itself', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    expect(scripts).toMatchObject({ postinstall: 'node scripts/prepare-sdk.ts' });
  });
});
