import { MemoryCatalog } from '@holdfast/core/adapters/memory/memory-catalog.ts';
import { registerSource } from '@holdfast/core/flows/register-source.ts';
import { type ReindexedSource, reindex } from '@holdfast/core/flows/reindex.ts';
import { keepRecord, seeRecord } from '@holdfast/core/flows/workdocs/keep-record.ts';
import { KINDS } from '@holdfast/core/kinds/all.ts';
import type { SiteRecord } from '@holdfast/core/model/workdocs/records.ts';
import { recordKey } from '@holdfast/core/model/workdocs/site-key.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, VAULT } from '../../../support/pipeline.ts';

const SITE = 'd-1234567890';
const SOURCE = `workdocs://${SITE}`;
const head = { format: 1, site: SITE } as const;
const RECORDS: readonly SiteRecord[] = [
  { ...head, kind: 'user', id: 'S-1&d-1234567890', name: 'anna', rootFolderId: 'root' },
  { ...head, kind: 'folder', id: 'root' },
  {
    ...head,
    kind: 'document',
    id: 'doc',
    name: 'a.txt',
    parentId: 'root',
    latest: 'v1',
    versions: [
      { id: 'v1', kept: { key: `workdocs/${SITE}/versions/doc/v1`, versionId: 'x', etag: 'e', size: 5 } },
    ],
  },
  { ...head, kind: 'document', id: 'gone', name: 'b.txt', parentId: 'root', versions: [] },
];

let p: Pipeline;

beforeEach(async () => {
  p = new Pipeline();
  await registerSource({ source: SOURCE, protectedAt: p.now, site: { region: 'eu-west-1' } }, p.world);
  for (const record of RECORDS)
    await keepRecord(record, await seeRecord(SITE, record, false, p.world), {}, p.world);
  await p.store.hide({ bucket: VAULT, key: recordKey(SITE, { kind: 'document', id: 'gone' }) });
});

async function run(catalog: MemoryCatalog): Promise<ReindexedSource[]> {
  return Array.fromAsync(reindex({ dryRun: false }, KINDS, { ...p.world, catalog }));
}

describe('a reindex', () => {
  it('finds a site again, and all that the vault has of it', async () => {
    const catalog = new MemoryCatalog();

    expect(await run(catalog)).toEqual([{ source: SOURCE, keys: 4, written: 4, right: 0, rowMissing: true }]);

    expect(await catalog.getSource(SOURCE)).toMatchObject({
      state: 'protected',
      site: { region: 'eu-west-1' },
      totals: { objects: 1, bytes: 5 },
    });
    const { entries } = await catalog.listEntries(SOURCE);
    expect(entries.map(({ key, state, name }) => [key, state, name])).toEqual([
      ['document/doc', 'current', 'a.txt'],
      ['document/gone', 'deleted', 'b.txt'],
      ['folder/root', 'current', undefined],
      ['user/S-1&d-1234567890', 'current', 'anna'],
    ]);
    const versions = p.s3.keys(VAULT).length;
    // What it wrote is what a capture would have: the same record again is nothing new.
    const world = { ...p.world, catalog };
    for (const record of RECORDS.slice(0, 3)) {
      const outcome = await keepRecord(record, await seeRecord(SITE, record, false, world), {}, world);
      expect(outcome.kind).toBe('unchanged');
    }
    expect(p.s3.keys(VAULT)).toHaveLength(versions);
  });

  it('leaves right entries alone', async () => {
    const catalog = new MemoryCatalog();
    await run(catalog);
    expect(await run(catalog)).toEqual([
      { source: SOURCE, keys: 4, written: 0, right: 4, rowMissing: false },
    ]);
  });
});
