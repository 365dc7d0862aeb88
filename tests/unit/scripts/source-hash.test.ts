import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceHash } from '../../../scripts/lib/source-hash.ts';
import { givenDirectory } from './support.ts';

async function givenCheckout(): Promise<string> {
  const root = await givenDirectory();
  await mkdir(join(root, 'functions/capture'), { recursive: true });
  await mkdir(join(root, 'layers/core/node_modules/x'), { recursive: true });
  await writeFile(join(root, 'template.yaml'), 'Resources: {}\n');
  await writeFile(join(root, 'functions/capture/handler.ts'), 'export const handler = 1;\n');
  return root;
}

describe('the hash of the sources', () => {
  it('is the same for the same sources', async () => {
    expect(await sourceHash(await givenCheckout())).toBe(await sourceHash(await givenCheckout()));
  });

  it.each([
    ['template.yaml', 'Resources: { A: {} }\n'],
    ['samconfig.toml', 'version = 0.1\n'],
    ['package-lock.json', '{}'],
    ['functions/capture/handler.ts', 'export const handler = 2;\n'],
    ['layers/core/new.ts', ''],
  ])('changes with %s', async (file, content) => {
    const root = await givenCheckout();
    const before = await sourceHash(root);
    await writeFile(join(root, file), content);
    expect(await sourceHash(root)).not.toBe(before);
  });

  it('changes when a file is renamed', async () => {
    const root = await givenCheckout();
    const before = await sourceHash(root);
    await rename(join(root, 'functions/capture'), join(root, 'functions/catch'));
    expect(await sourceHash(root)).not.toBe(before);
  });

  it.each(['README.md', 'layers/core/node_modules/x/index.js'])('does not change with %s', async (file) => {
    const root = await givenCheckout();
    const before = await sourceHash(root);
    await writeFile(join(root, file), 'text');
    expect(await sourceHash(root)).toBe(before);
  });
});
