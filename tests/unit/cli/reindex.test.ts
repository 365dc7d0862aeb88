import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { ReindexSchema } from '../../../operations/json/reindex.ts';
import { MemoryCatalog } from '../../../testing/memory/memory-catalog.ts';
import { CliWorld } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { a: 'one', b: 'two' });
});

/** The catalog is lost: another one, empty, is in its place. */
function loseCatalog(): MemoryCatalog {
  const catalog = new MemoryCatalog();
  Object.assign(cli.pipeline.world, { catalog });
  return catalog;
}

describe('reindex', () => {
  it('rebuilds the catalog from the vault', async () => {
    const catalog = loseCatalog();

    const { code, stdout } = await cli.run('reindex');

    expect(code).toBe(0);
    expect(stdout).toContain('s3://docs: 2 keys, 2 written, 0 right, the source itself was missing');
    expect(await catalog.getEntry('s3://docs', 'a')).toMatchObject({ state: 'current', size: 3 });
    expect(await catalog.getSource('s3://docs')).toMatchObject({ state: 'protected' });
  });

  it('only says what it would do with --dry-run', async () => {
    const catalog = loseCatalog();

    const { stdout } = await cli.run('reindex', '--dry-run');

    expect(stdout).toContain('2 keys, 2 to be written, 0 right');
    expect(stdout).toContain('nothing was written (--dry-run)');
    expect(await catalog.getEntry('s3://docs', 'a')).toBeUndefined();
  });

  it('answers in JSON as documented', async () => {
    const ran = await cli.run('reindex', '--json');

    expect(v.parse(ReindexSchema, ran.json()[0])).toEqual({
      dryRun: false,
      sources: [{ source: 's3://docs', keys: 2, written: 0, right: 2, rowMissing: false }],
    });
  });
});
