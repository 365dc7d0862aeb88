import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CliWorld } from './support/given-cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-beside-'));
});
afterEach(() => rm(folder, { recursive: true }));

const TARGETS = [
  ['a folder', () => join(folder, 'x')] as const,
  ['a bucket', () => 's3://holdfast-restore-x'] as const,
];

it.each(TARGETS)(
  'a restore into %s says what lies beside the folder that its prefix reads like',
  async (_, to) => {
    const part = fc.constantFrom('a', 'a-b', 'ab', 'a b', 'a0', '~', '\u{10FFFD}');
    const key = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { minLength: 1, maxLength: 8 }), key, async (keys, prefix) => {
        const cli = new CliWorld();
        cli.givenBucket('holdfast-restore-x');
        await cli.givenProtected('docs', Object.fromEntries(keys.map((one) => [one, 'x'])));
        const wanted = keys.filter((one) => one.startsWith(prefix));
        const inside = wanted.filter((one) => one.startsWith(`${prefix}/`));

        const { stderr } = await cli.run('restore', `s3://docs/${prefix}`, '--to', to(), '--dry-run');

        const isTold = stderr.includes(`write s3://docs/${prefix}/ for the folder alone`);
        expect(isTold).toBe(inside.length > 0 && inside.length < wanted.length);
      }),
      {
        seed: 3,
        numRuns: 60,
        examples: [
          [['a/x', 'a-b/x'], 'a'],
          [['a/x', 'ab'], 'a'],
          [['a', 'a/x'], 'a'],
        ],
      },
    );
  },
);

it('a restore of the folder itself says nothing of what lies beside it', async () => {
  const cli = new CliWorld();
  await cli.givenProtected('docs', { 'a/x': '1', 'a-old/x': '2' });
  const { stderr } = await cli.run('restore', 's3://docs/a/', '--to', join(folder, 'x'));
  expect(stderr).toBe('');
});
