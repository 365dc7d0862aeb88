import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { transform } from 'esbuild';
import { ROOT } from '../../scripts/lib/checkout-venv.ts';
import { CORE_DIR, FUNCTIONS_DIR, type Packaging, type Packed } from './packaging.ts';

/**
 * As `sam build` ships a function without esbuild: the compiled files as they are, and `node_modules` with every package
 * that core depends on.
 */
export const unbundled: Packaging = {
  name: 'unbundled',
  pack: async (functions, into) => {
    const modules = join(into, 'node_modules');
    for (const folder of await dependencyFolders(CORE_DIR)) {
      const target = join(into, relative(ROOT, folder));
      // What is below a package is there only if something asks for it.
      await cp(folder, target, { recursive: true, filter: (path) => !isNested(folder, path) });
    }
    await compileCore(join(modules, '@holdfast/core'));
    const packed = new Map<string, Packed>();
    for (const name of functions) {
      const handler = join(into, name, 'handler.mjs');
      await compile(join(FUNCTIONS_DIR, name, 'handler.ts'), handler);
      packed.set(name, { handler, folders: [join(into, name), modules] });
    }
    return packed;
  },
};

function isNested(folder: string, path: string): boolean {
  return relative(folder, path).split('/')[0] === 'node_modules';
}

async function compileCore(into: string): Promise<void> {
  const source = join(CORE_DIR, 'src');
  for (const file of await readdir(source, { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    await compile(join(source, file), join(into, 'src', file.replace(/\.ts$/, '.js')));
  }
  await cp(join(CORE_DIR, 'package.json'), join(into, 'package.json'));
}

/** Leaves the types out and lets imports name what comes of it. */
async function compile(source: string, target: string): Promise<void> {
  const { code } = await transform(await readFile(source, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'node24',
  });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, withJsSpecifiers(code));
}

/** `from "./a.ts"` → `from "./a.js"`: Node compiles no types below node_modules. */
export function withJsSpecifiers(code: string): string {
  return code.replaceAll(/\b(from\s*"[^"]+)\.ts"/g, '$1.js"');
}

/** The folders of every package that a package depends on, and those they depend on, as npm has installed them. */
async function dependencyFolders(root: string): Promise<string[]> {
  const found = new Set<string>();
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const text = await readFile(join(folder, 'package.json'), 'utf8');
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    for (const name of Object.keys(dependencies)) {
      const next = await nearest(folder, name);
      if (next === undefined || found.has(next)) continue;
      found.add(next);
      waiting.push(next);
    }
  }
  return [...found].toSorted();
}

/** Where Node would find a package from a folder; optional ones may be nowhere. */
async function nearest(from: string, name: string): Promise<string | undefined> {
  for (let folder = from; folder.startsWith(ROOT); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    const there = await readFile(join(candidate, 'package.json')).catch(() => undefined);
    if (there !== undefined) return candidate;
  }
  return undefined;
}
