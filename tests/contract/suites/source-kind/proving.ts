import { checksums } from '@holdfast/core/aws/checksums.ts';
import { type ReindexedSource, reindex } from '@holdfast/core/catalog/reindex.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import { SourceKinds } from '@holdfast/core/source/source-kind.ts';
import { type Verification, verifyVault } from '@holdfast/core/verify/verify-vault.ts';
import { expect } from 'vitest';
import { MemoryCatalog } from '../../../../testing/memory/memory-catalog.ts';
import type { SourcePromise } from './given.ts';
import { awkwardLife, fullLife, type Life, ownAwkwardLife, ownFullLife, type Thing } from './life.ts';
import { versionOf } from './reading.ts';

/** How a vault is proven, and its catalog rebuilt. */
export const PROVING: readonly SourcePromise[] = [
  {
    name: 'has every version proven, older and deleted ones too',
    check: async (given) => {
      for (const life of [await fullLife(given), await awkwardLife(given)]) {
        const result = await verify(life);
        expect(result.problems).toEqual([]);
        expect(result.unproven).toEqual([]);
        const versions = life.versions.length;
        expect(result.counts).toMatchObject({ versions, right: versions });
      }
    },
  },
  {
    name: 'has only that proven which a moment had',
    check: async (given) => {
      const life = await fullLife(given);
      for (const { captured, there } of life.moments) {
        const { counts } = await verify(life, captured);
        expect(counts).toMatchObject({ versions: there.length, right: there.length });
      }
    },
  },
  {
    name: 'has damaged bytes found, of every version',
    check: async (given) => {
      const life = await ownFullLife(given);
      const damaged: string[] = [];
      for (const thing of life.versions) damaged.push(await damage(life, thing));
      const wrong = (await verify(life)).problems.filter(({ reason }) => reason === 'wrong');
      expect(wrong.map(({ versionId }) => versionId).toSorted()).toEqual(damaged.toSorted());
    },
  },
  {
    name: 'has the versions found that are not there any more',
    check: async (given) => {
      const life = await ownFullLife(given);
      for (const thing of life.last.there) await destroy(life, thing);
      const { problems } = await verify(life);
      const missing = problems.filter(({ reason }) => reason === 'missing').map(({ key }) => key);
      expect(missing.toSorted()).toEqual(life.last.there.map(({ key }) => key).toSorted());
    },
  },
  {
    name: 'finds its sources in the vault, each once',
    check: async (given) => {
      for (const { source } of [await ownFullLife(given), await ownAwkwardLife(given)]) {
        const { store, settings } = source.world;
        for (const key of ['reports/restore/2026/03/01/a.json', 'zzz/other/key'])
          await store.put({ bucket: settings.vault, key }, '{}', 'application/json');
        const found = await Array.fromAsync(given.kind.history.entries.sources(source.world));
        expect(found).toEqual([source.source]);
      }
    },
  },
  {
    name: 'leaves a right catalog alone',
    check: async (given) => {
      for (const life of [await fullLife(given), await awkwardLife(given)]) {
        const [done, ...more] = await rebuild(life, life.source.world.catalog);
        expect(more).toEqual([]);
        expect(done).toMatchObject({ source: life.source.source, written: 0, rowMissing: false });
        expect(done?.right).toBeGreaterThan(0);
      }
    },
  },
  {
    name: 'has a lost catalog rebuilt as it was',
    check: async (given) => {
      for (const life of [await fullLife(given), await awkwardLife(given)]) {
        const catalog = new MemoryCatalog();
        const [done] = await rebuild(life, catalog);
        expect(done).toMatchObject({ source: life.source.source, right: 0, rowMissing: true });
        expect(await entriesIn(life, catalog)).toEqual(await entriesIn(life, life.source.world.catalog));
      }
    },
  },
  {
    name: 'has the totals of a source rebuilt as they were',
    check: async (given) => {
      for (const life of [await fullLife(given), await awkwardLife(given)]) {
        const { source, world } = life.source;
        const catalog = new MemoryCatalog();
        await rebuild(life, catalog);
        const { objects, bytes } = (await world.catalog.getSource(source))?.totals ?? {};
        expect(objects).toBe(life.last.there.length);
        expect((await catalog.getSource(source))?.totals).toMatchObject({ objects, bytes, unprotected: 0 });
      }
    },
  },
];

function verify(life: Life, at?: number): Promise<Verification> {
  const request = { ...life.place, sample: 'all', seed: 1, ...(at === undefined ? {} : { at }) } as const;
  const options = { checksums, atOnce: 4, pause: async () => {} };
  return verifyVault(request, options, life.given.kind.history, life.source.world);
}

/** Spoils the bytes of a version of a thing. @returns its id */
async function damage(life: Life, thing: Thing): Promise<string> {
  const { s3, world, objectOf } = life.source;
  const { version } = await versionOf(life, thing);
  const { key, versionId } = objectOf?.(version) ?? version;
  const { body } = s3.object(world.settings.vault, key, versionId).content;
  const spoilt = Buffer.from(body);
  spoilt.reverse();
  s3.rot(world.settings.vault, key, spoilt, versionId);
  return version.versionId;
}

/** Takes the object out of the vault that the bytes of a thing are in. */
async function destroy(life: Life, thing: Thing): Promise<void> {
  const { s3, world, objectOf } = life.source;
  const { version } = await versionOf(life, thing);
  const { key, versionId } = objectOf?.(version) ?? version;
  s3.deleteVersion(world.settings.vault, key, versionId);
}

function rebuild(life: Life, catalog: Life['source']['world']['catalog']): Promise<ReindexedSource[]> {
  const kinds = new SourceKinds([life.given.kind]);
  return Array.fromAsync(reindex({ dryRun: false }, kinds, { ...life.source.world, catalog }));
}

/** What the catalog says of where the copies are, by the keys of its entries. */
async function entriesIn({ source: { source } }: Life, catalog: Life['source']['world']['catalog']) {
  const { entries } = await catalog.listEntries(source);
  return entries.map(({ key, state, size, name, vaultVersionId, vaultEtag, capturedAt }: Entry) => ({
    ...{ key, state, size, name, vaultVersionId, vaultEtag, capturedAt },
  }));
}
