import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const AWKWARD = [
  'with space and  two.txt',
  'plus+plus & ampersand.txt',
  '100% percent%20encoded.txt',
  'hash#question?mark=1.txt',
  'quotes"and\'single.txt',
  'new\nline.txt',
  'emoji-🦊-𝕏.txt',
  'ünïcödé/ß/中文.txt',
  'back\\slash.txt',
  'dots/..hidden/...txt',
  `${'long-'.repeat(45)}.txt`,
];
const PLAIN = 300;

/** Makes a folder with some hundred small files, among them names that have broken backup tools. */
export async function makeSampleFolder(root: string): Promise<void> {
  await rm(root, { recursive: true, force: true });
  for (const name of AWKWARD) await write(root, name, `the content of ${name}\n`);
  await write(root, 'empty.bin', '');
  await write(
    root,
    'binary.bin',
    Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256)),
  );
  for (let n = 0; n < PLAIN; n++) {
    await write(
      root,
      `reports/2026/${String(n % 12).padStart(2, '0')}/report-${n}.csv`,
      `id,value\n${n},${n * n}\n`,
    );
  }
}

async function write(root: string, name: string, content: string | Buffer): Promise<void> {
  const path = join(root, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
