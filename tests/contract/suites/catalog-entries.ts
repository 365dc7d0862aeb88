import { randomUUID } from 'node:crypto';
import { compareKeys } from '@holdfast/core/model/byte-order.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import type { Catalog, EntryPage } from '@holdfast/core/ports/catalog.ts';
import { expect, it } from 'vitest';
import { AWKWARD_KEYS } from '../../support/awkward-keys.ts';

const SORTED = [...AWKWARD_KEYS].sort(compareKeys);

export function describeEntries(catalog: () => Catalog): void {
  it('gives back every field of an entry, and none that it does not have', async () => {
    const full: Entry = {
      ...entry(newSource(), 'full'),
      state: 'unprotected',
      reason: 'customer-key',
      detail: '',
      etag: 'e',
      size: 0,
      lastModified: 1_772_366_400_000,
      sourceVersionId: 'sv',
      storageClass: 'STANDARD_IA',
      sequencer: '0055AED6DCD90281E5',
      vaultVersionId: 'vv',
      vaultEtag: 've',
      checksum: { algorithm: 'CRC64NVME', value: 'AAAA' },
      capturedAt: 1_772_366_401_234,
      deletedAt: 1_772_366_402_345,
      lagMs: 1234,
    };
    const bare = entry(full.source, 'bare');
    expect(await catalog().putEntry(full, undefined)).toBe(true);
    expect(await catalog().putEntry(bare, undefined)).toBe(true);
    expect(await catalog().getEntry(full.source, 'full')).toEqual(full);
    expect(await catalog().getEntry(full.source, 'bare')).toStrictEqual(bare);
    expect(await catalog().getEntry(full.source, 'never')).toBeUndefined();
    expect(await catalog().getEntry(newSource(), 'full')).toBeUndefined();
  });

  it('keeps no field that is undefined, and nothing of what its caller does to an entry later', async () => {
    const bare = entry(newSource(), 'k');
    const given = { ...bare, detail: undefined, checksum: { algorithm: 'CRC32', value: 'before' } };
    await catalog().putEntry(given, undefined);
    given.checksum.value = 'after';
    const stored = await catalog().getEntry(bare.source, 'k');
    expect(stored).toStrictEqual({ ...bare, checksum: { algorithm: 'CRC32', value: 'before' } });
  });

  it('writes only over the revision that was read', async () => {
    const first = entry(newSource(), 'k');
    const second = { ...first, rev: 2, etag: 'second' };
    const late = { ...first, rev: 2, etag: 'late' };
    const read = () => catalog().getEntry(first.source, 'k');
    expect(await catalog().putEntry(second, 1)).toBe(false);
    expect(await read()).toBeUndefined();
    expect(await catalog().putEntry(first, undefined)).toBe(true);
    expect(await catalog().putEntry(late, undefined)).toBe(false);
    expect(await catalog().putEntry(second, 1)).toBe(true);
    expect(await catalog().putEntry(late, 1)).toBe(false);
    expect(await read()).toEqual(second);
  });

  it('stamps what is current and listed as it is recorded, and lets whoever read it before lose', async () => {
    const current: Entry = { ...entry(newSource(), 'k'), state: 'current', etag: 'e' };
    const read = () => catalog().getEntry(current.source, 'k');
    const stamp = (etag: string) => catalog().stampEntry(current.source, 'k', { etag, listedAt: 7 });
    expect(await stamp('e')).toBe(false);
    expect(await read()).toBeUndefined();
    await catalog().putEntry(current, undefined);
    expect(await stamp('other')).toBe(false);
    expect(await read()).toEqual(current);
    expect(await stamp('e')).toBe(true);
    const rev = current.rev + 1;
    expect(await read()).toEqual({ ...current, listedAt: 7, rev });
    expect(await catalog().putEntry({ ...current, state: 'deleted', rev }, current.rev)).toBe(false);
    await catalog().putEntry({ ...current, state: 'deleted', rev: rev + 1 }, rev);
    expect(await stamp('e')).toBe(false);
  });

  it('lets one of many writers win', async () => {
    const first = entry(newSource(), 'k');
    const rivals = Array.from({ length: 8 }, (_, n) => ({ ...first, etag: `rival ${n}` }));
    const won = await Promise.all(rivals.map((rival) => catalog().putEntry(rival, undefined)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await catalog().getEntry(first.source, 'k')).toEqual(rivals[won.indexOf(true)]);
  });

  it('takes a field away that the new entry does not have', async () => {
    const before: Entry = {
      ...entry(newSource(), 'k'),
      state: 'unprotected',
      reason: 'archived',
      detail: 'cold',
    };
    const after = { ...entry(before.source, 'k'), rev: 2 };
    await catalog().putEntry(before, undefined);
    await catalog().putEntry(after, 1);
    expect(await catalog().getEntry(before.source, 'k')).toStrictEqual(after);
    expect((await catalog().listUnprotected(before.source)).entries).toEqual([]);
  });

  it('lists awkward keys in the order of their bytes, from any of them on', async () => {
    const source = await fill(AWKWARD_KEYS);
    expect(keysOf(await catalog().listEntries(source))).toEqual(SORTED);
    for (const [index, after] of SORTED.entries()) {
      expect(keysOf(await catalog().listEntries(source, { after, limit: 1 }))).toEqual(
        SORTED.slice(index + 1, index + 2),
      );
    }
  });

  it('goes through all pages by the last key of each', async () => {
    const source = await fill(AWKWARD_KEYS);
    const seen: string[] = [];
    let page: EntryPage;
    do {
      const after = seen.at(-1);
      page = await catalog().listEntries(source, { limit: 7, ...(after === undefined ? {} : { after }) });
      expect(page.entries.length).toBeLessThanOrEqual(7);
      seen.push(...keysOf(page));
    } while (page.more);
    expect(seen).toEqual(SORTED);
  });

  it('keeps to a prefix, wherever it begins', async () => {
    const source = await fill(['a', 'b', 'b/1', 'b/2', 'c', 'c/1']);
    const list = async (options: { prefix?: string; after?: string }) =>
      keysOf(await catalog().listEntries(source, options));
    expect(await list({ prefix: 'b' })).toEqual(['b', 'b/1', 'b/2']);
    expect(await list({ prefix: 'b/', after: 'b/1' })).toEqual(['b/2']);
    expect(await list({ prefix: 'b', after: 'b' })).toEqual(['b/1', 'b/2']);
    expect(await list({ prefix: 'b', after: 'a' })).toEqual(['b', 'b/1', 'b/2']);
    expect(await list({ prefix: 'b', after: 'c' })).toEqual([]);
    expect(await list({ prefix: 'd' })).toEqual([]);
    expect(await list({ after: 'bb' })).toEqual(['c', 'c/1']);
  });

  it('says that there is no more behind a prefix', async () => {
    const source = await fill(['a', 'b', 'c', 'd']);
    const { more } = await catalog().listEntries(source, { prefix: 'a', limit: 3 });
    expect(more).toBe(false);
  });

  it('keeps the entries of sources apart', async () => {
    const source = await fill(['k']);
    expect(keysOf(await catalog().listEntries(`${source}x`))).toEqual([]);
  });

  it('lists what is unprotected, in pages', async () => {
    const source = await fill(['a', 'c', 'e']);
    for (const key of ['d', 'b', 'f']) {
      await catalog().putEntry({ ...entry(source, key), state: 'unprotected', reason: 'failed' }, undefined);
    }
    const first = await catalog().listUnprotected(source, { limit: 2 });
    expect(keysOf(first)).toEqual(['b', 'd']);
    expect(first.more).toBe(true);
    expect(first.entries[0]).toMatchObject({ source, state: 'unprotected', reason: 'failed', rev: 1 });
    expect(keysOf(await catalog().listUnprotected(source, { after: 'd' }))).toEqual(['f']);
  });

  async function fill(keys: readonly string[]): Promise<string> {
    const source = newSource();
    for (const key of keys) await catalog().putEntry(entry(source, key), undefined);
    return source;
  }
}

function newSource(): string {
  return `s3://bucket-${randomUUID()}`;
}

function entry(source: string, key: string): Entry {
  return { source, key, state: 'current', rev: 1, updatedAt: 1_772_366_400_000 };
}

function keysOf(page: EntryPage): string[] {
  return page.entries.map(({ key }) => key);
}
