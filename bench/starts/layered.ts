import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { parse } from 'yaml';
import { ROOT } from '../../scripts/lib/checkout-venv.ts';
import { FUNCTIONS_DIR, type Packaging, type Packed } from './packaging.ts';

/**
 * `layers/core` as a LayerVersion: core and everything it depends on in one file, made with the template's own settings,
 * and each handler a small file that imports it by its path, as ES modules have to (`NODE_PATH` is not for them).
 */
export const layered: Packaging = {
  name: 'layer',
  pack: async (functions, into) => {
    const settings = await templateSettings();
    const layer = join(into, 'opt/nodejs/core.mjs');
    const entry = join(FUNCTIONS_DIR, functions[0] ?? '', '.bench-layer.ts');
    const contents = await reExports(functions);
    // In the place of a handler: the template's aliases are relative to it.
    await build({
      ...settings,
      stdin: { contents, resolveDir: join(entry, '..'), sourcefile: entry, loader: 'ts' },
      outfile: layer,
    });
    const packed = new Map<string, Packed>();
    for (const name of functions) {
      const folder = join(into, name);
      const handler = join(folder, 'handler.mjs');
      const entryPoints = [join(FUNCTIONS_DIR, name, 'handler.ts')];
      await build({ ...settings, entryPoints, outfile: handler, plugins: [coreIn(layer)] });
      packed.set(name, { handler, folders: [folder, join(into, 'opt')] });
    }
    await writeFile(join(into, 'package.json'), '{}\n');
    return packed;
  },
};

/** Every module of core that a handler imports, in one. */
async function reExports(functions: readonly string[]): Promise<string> {
  const modules = new Set<string>();
  for (const name of functions) {
    const text = await readFile(join(FUNCTIONS_DIR, name, 'handler.ts'), 'utf8');
    for (const [, module = ''] of text.matchAll(/from '(@holdfast\/core\/[^']+)'/g)) modules.add(module);
  }
  return [...modules].map((module) => `export * from '${module}';`).join('\n');
}

function coreIn(layer: string): Plugin {
  return {
    name: 'core-in-layer',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^@holdfast\/core\// }, () => ({ path: layer, external: true }));
    },
  };
}

type BuildProperties = {
  readonly Target: string;
  readonly MainFields: string;
  readonly Banner: readonly string[];
  readonly Alias: readonly string[];
};

/** What the template tells esbuild through `sam build`. */
async function templateSettings(): Promise<BuildOptions> {
  const text = await readFile(join(ROOT, 'stacks/s3/template.yaml'), 'utf8');
  const { Resources } = parse(text, { logLevel: 'silent', merge: true });
  const { Target, MainFields, Banner, Alias }: BuildProperties =
    Resources.CaptureChangesFunction.Metadata.BuildProperties;
  return {
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    target: Target,
    mainFields: MainFields.split(','),
    banner: pairs(Banner),
    alias: pairs(Alias),
    absWorkingDir: join(FUNCTIONS_DIR, 's3/capture-changes'),
  };
}

/** `name=value` as an object; a value may hold further signs. */
function pairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  );
}
