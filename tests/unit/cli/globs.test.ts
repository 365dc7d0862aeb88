import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { SourcesSchema } from '../../../operations/json/sources.ts';
import { CliWorld } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(() => {
  cli = new CliWorld();
});

async function globChanges() {
  const [source] = v.parse(SourcesSchema, (await cli.run('sources', '--json')).json()[0]).sources;
  return source?.globChanges;
}

describe('globs at protect', () => {
  it('back up what they say, brackets and all', async () => {
    cli.givenBucket('docs', { 'photos (2025)/a.jpg': 'a', 'photos 2025/b.jpg': 'b' });

    const { stderr } = await cli.run('protect', 's3://docs', '--include', 'photos (2025)/**', '--wait');

    expect(stderr).not.toContain('warning');
    const { stdout } = await cli.run('ls', 's3://docs', '--json');
    expect(stdout).toContain('photos (2025)/a.jpg');
    expect(stdout).not.toContain('photos 2025/b.jpg');
    expect(await globChanges()).toEqual([]);
  });

  it('are told to take nothing of what is there', async () => {
    cli.givenBucket('docs', { 'a.txt': 'a', 'b.txt': 'b' });
    expect((await cli.run('protect', 's3://docs', '--include', '*.jpg')).stderr).toContain(
      'warning: the globs take none of its 2 objects',
    );
    cli.givenBucket('logs', { 'a.txt': 'a' });
    expect((await cli.run('protect', 's3://logs', '--exclude', '**')).stderr).toContain(
      'take none of its 1 object;',
    );
    cli.givenBucket('new', {});
    expect((await cli.run('protect', 's3://new', '--include', '*.jpg')).stderr).not.toContain('warning');
  });

  it('are looked for in ten thousand objects, not in all', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 10_001 }, (_, n) => [String(n).padStart(6, '0'), '']),
    );
    cli.givenBucket('docs', { ...many, 'z.jpg': 'z' });
    expect((await cli.run('protect', 's3://docs', '--include', '*.jpg', '--no-initial')).stderr).toContain(
      'take none of the first 10,000 objects',
    );
  });

  it('are refused by name, and where there are too many', async () => {
    cli.givenBucket('docs', {});
    expect(await cli.run('protect', 's3://docs', '--include', '{a')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"{a" is not a valid glob'),
    });
    const many = Array.from({ length: 101 }, (_, n) => ['--exclude', `${n}`]).flat();
    expect(await cli.run('protect', 's3://docs', ...many)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('101 globs are given'),
    });
  });
});

it('tells of globs that the version which protected a source read otherwise', async () => {
  await cli.givenProtected('docs', { a: 'x' });
  const source = await cli.pipeline.catalog.getSource('s3://docs');
  if (source === undefined) throw new Error('not protected');
  const { globSyntax: _, ...earlier } = source;
  await cli.pipeline.catalog.putSource({ ...earlier, include: ['(a)', '**'], exclude: ['tmp/**'] });

  expect(await globChanges()).toEqual([
    { glob: '(a)', change: expect.stringContaining('before, they grouped') },
    { glob: 'tmp/**', change: expect.stringContaining("of the folder's own name") },
  ]);
  expect((await cli.run('sources')).stdout).toContain('s3://docs: the glob "(a)": brackets');
});

it('tells of globs that an earlier version took and that are too slow together now', async () => {
  await cli.givenProtected('docs', { a: 'x' });
  const source = await cli.pipeline.catalog.getSource('s3://docs');
  if (source === undefined) throw new Error('not protected');
  const exclude = Array.from({ length: 64 }, (_, n) => `*${'b?'.repeat(200)}*${n}`);
  const given = exclude.flatMap((glob) => ['--exclude', glob]);
  expect(await cli.run('protect', 's3://docs', ...given)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the globs take too long together'),
  });
  const slowGlobs = async () =>
    v.parse(SourcesSchema, (await cli.run('sources', '--json')).json()[0]).sources[0]?.slowGlobs;
  expect(await slowGlobs()).toBeNull();

  await cli.pipeline.catalog.putSource({ ...source, exclude });

  expect(await slowGlobs()).toEqual({ steps: expect.any(Number), most: 250_000 });
  expect((await cli.run('sources')).stdout).toContain('250,000 are taken now');
});
