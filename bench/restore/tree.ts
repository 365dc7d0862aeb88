import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { run } from '../../scripts/lib/run.ts';

const CONCURRENCY = 16;

/** A real tree: what it was taken from, and what of it. */
export type Tree = { readonly root: string; readonly files: readonly string[]; readonly bytes: number };

/** Takes a folder's first so many files, in the order of their names; links are left out. */
export async function takeTree(from: string, root: string, many: number): Promise<Tree> {
  const files: string[] = [];
  for await (const file of filesOf(from, '')) {
    if (files.push(file) === many) break;
  }
  const sizes = await pMap(
    files,
    async (file) => {
      const to = join(root, file);
      await mkdir(dirname(to), { recursive: true });
      await copyFile(join(from, file), to, constants.COPYFILE_FICLONE);
      return (await stat(to)).size;
    },
    { concurrency: CONCURRENCY },
  );
  return { root, files, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

export async function upload({ root, files }: Tree, Bucket: string, s3: S3Client): Promise<void> {
  const put = async (Key: string) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: await readFile(join(root, Key)) }));
  await pMap(files, put, { concurrency: CONCURRENCY });
}

/** Byte for byte, both ways. @throws when a folder does not hold exactly the tree */
export async function compareTrees({ root }: Pick<Tree, 'root'>, folder: string): Promise<void> {
  const { code, output } = await run('diff', ['-r', '--brief', root, folder]);
  if (code !== 0) throw new Error(`diff -r ended with ${code}: ${output.trim().split('\n')[0]}`);
}

async function* filesOf(root: string, below: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below + entry.name;
    if (entry.isDirectory()) yield* filesOf(root, `${path}/`);
    else if (entry.isFile()) yield path;
  }
}
