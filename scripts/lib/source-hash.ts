import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** What the built functions and the stack are made from. */
const SOURCES = [
  'template.yaml',
  'stacks',
  'samconfig.toml',
  'package-lock.json',
  'tsconfig.json',
  'functions',
  'layers',
  'scripts/lib/literal-names.ts',
];

/** One hash over the names and contents of everything that a deployment is made from. */
export async function sourceHash(root: string, sources: readonly string[] = SOURCES): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of await filesOf(root, source)) {
      const content = await readFile(join(root, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/** The file itself, or all files below the directory, in one order; none if it does not exist. */
async function filesOf(root: string, source: string): Promise<string[]> {
  const path = join(root, source);
  const info = await stat(path).catch(() => undefined);
  if (!info?.isDirectory()) return info ? [source] : [];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(sep).includes('node_modules'))
    .sort();
}
