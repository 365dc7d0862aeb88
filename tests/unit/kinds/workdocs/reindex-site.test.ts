import { registerSource } from '@holdfast/core/catalog/register-source.ts';
import { type ReindexedSource, reindex } from '@holdfast/core/catalog/reindex.ts';
import { KINDS } from '@holdfast/core/kinds/all.ts';
import { keepRecord, seeRecord } from '@holdfast/core/kinds/workdocs/capture/keep-record.ts';
import { isCovered } from '@holdfast/core/kinds/workdocs/capture/site-place.ts';
import type { SiteRecord } from '@holdfast/core/kinds/workdocs/model/records.ts';
import { recordKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryCatalog } from '../../../../testing/memory/memory-catalog.ts';
import { Pipeline, VAULT } from '../../../../testing/pipeline.ts';
import { itemContext } from './support/item-context.ts';
import { givenSite } from './support/site-pipeline.ts';

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
      ['folder/root', 'current', 'anna'],
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

  it('knows whose a root folder is: polls behind it cover what those before it did', async () => {
    const { world, alice } = await givenSite({}, { prefix: 'alice/' });
    const catalog = new MemoryCatalog();
    await Array.fromAsync(reindex({ dryRun: false }, KINDS, { ...world.world, catalog }));
    const { documentId } = world.people.upload({ parentId: alice.rootFolderId }, 'new', { name: 'n.txt' });

    const context = await itemContext(world, { world: { ...world.world, catalog } });
    expect(await isCovered('document', documentId, context)).toBe(true);
  });

  it('says of users and folders no size, and of no name half a character', async () => {
    const odd: SiteRecord = { ...head, kind: 'folder', id: 'odd', name: 'half \ud83e', parentId: 'root' };
    await keepRecord(odd, await seeRecord(SITE, odd, false, p.world), {}, p.world);
    const catalog = new MemoryCatalog();
    await run(catalog);
    for (const key of ['folder/odd', 'folder/root', 'user/S-1&d-1234567890']) {
      const [live, rebuilt] = [await p.catalog.getEntry(SOURCE, key), await catalog.getEntry(SOURCE, key)];
      expect(rebuilt?.size).toBe(live?.size);
      if (key === 'folder/odd') expect(rebuilt?.name).toBe('half \ufffd');
    }
  });
});
