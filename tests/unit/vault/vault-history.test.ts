import { reindex } from '@holdfast/core/catalog/reindex.ts';
import { KINDS } from '@holdfast/core/kinds/all.ts';
import { bucketStatesAt, plainStatesAt } from '@holdfast/core/kinds/s3/history/bucket-states.ts';
import { bucketVersions } from '@holdfast/core/kinds/s3/history/source-versions.ts';
import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../../testing/pipeline.ts';

const LONG = `${'k'.repeat(1023)}z`;
let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

/** A minute later, an object has a content, or none. @returns when that was */
async function change(key: string, body: string | undefined): Promise<number> {
  pipeline.pass(60);
  if (body === undefined) pipeline.s3.delete(SOURCE, key);
  else pipeline.s3.put(SOURCE, key, body);
  await pipeline.drain();
  return pipeline.now;
}

/** What the vault tells of a moment, in short. */
async function statesAt(at: number, prefix = ''): Promise<unknown[]> {
  const states = await Array.fromAsync(bucketStatesAt(SOURCE, prefix, at, pipeline.world));
  return states.map(({ key, vaultKey, current, deleted }) => {
    const text = (versionId = '') => pipeline.s3.text(VAULT, vaultKey, versionId);
    if (current !== undefined) return [key, text(current.versionId)];
    return [key, { at: deleted?.at, last: deleted?.last && text(deleted.last.versionId) }];
  });
}

describe('the vault at a moment', () => {
  it('has what was captured up to then, the very moment included', async () => {
    const first = await change('a', 'one');
    const second = await change('a', 'two');
    const third = await change('b', 'three');
    expect(await statesAt(first - 1)).toEqual([]);
    expect(await statesAt(first)).toEqual([['a', 'one']]);
    expect(await statesAt(second - 1)).toEqual([['a', 'one']]);
    expect(await statesAt(second)).toEqual([['a', 'two']]);
    expect(await statesAt(third)).toEqual([
      ['a', 'two'],
      ['b', 'three'],
    ]);
  });

  it('tells of a deleted object when that was, and what there was last', async () => {
    await change('a', 'one');
    await change('a', 'two');
    const at = await change('a', undefined);
    expect(await statesAt(at)).toEqual([['a', { at, last: 'two' }]]);
    expect(await statesAt(at - 1)).toEqual([['a', 'two']]);
    const back = await change('a', 'three');
    expect(await statesAt(back)).toEqual([['a', 'three']]);
  });

  it('takes the first of several markers in a row for the deletion', async () => {
    await change('a', 'one');
    const at = await change('a', undefined);
    pipeline.pass(60);
    await pipeline.store.hide({ bucket: VAULT, key: vaultPlace(SOURCE, 'a').key });
    expect(await statesAt(pipeline.now)).toEqual([['a', { at, last: 'one' }]]);
  });

  it('tells of a deletion that nothing is left of', async () => {
    pipeline.pass(60);
    await pipeline.store.hide({ bucket: VAULT, key: vaultPlace(SOURCE, 'a').key });
    expect(await statesAt(pipeline.now)).toEqual([['a', { at: pipeline.now, last: undefined }]]);
  });

  it('has keys too long for the vault under their own names, behind the others, and by prefix like them', async () => {
    const before = await change('z', 'plain');
    const at = await change(LONG, 'long');
    expect(await statesAt(before)).toEqual([['z', 'plain']]);
    expect(await statesAt(at)).toEqual([
      ['z', 'plain'],
      [LONG, 'long'],
    ]);
    expect(await statesAt(at, 'kk')).toEqual([[LONG, 'long']]);
    expect(await statesAt(at, 'z')).toEqual([['z', 'plain']]);
  });

  it.each([
    ['hid', (key: string) => pipeline.store.hide({ bucket: VAULT, key })],
    ['wrote over', async (key: string) => pipeline.s3.put(VAULT, key, 'k'.repeat(1020))],
  ])('has a long key under its own name, though somebody %s that', async (_what, spoil) => {
    const at = await change(LONG, 'long');
    await spoil(vaultPlace(SOURCE, LONG).nameKey ?? '');
    expect(await statesAt(at)).toEqual([[LONG, 'long']]);
    const versions = await Array.fromAsync(bucketVersions(SOURCE, '', pipeline.world));
    expect(versions.map(({ key }) => key)).toEqual([LONG]);
  });

  it('says where the name of a long key should be, when no version of it is left', async () => {
    const at = await change(LONG, 'long');
    const { key, nameKey = '' } = vaultPlace(SOURCE, LONG);
    for (const { versionId } of pipeline.s3.bucket(VAULT).versions(nameKey))
      pipeline.s3.deleteVersion(VAULT, nameKey, versionId);
    await expect(statesAt(at)).rejects.toThrow(
      `a copy of a long key at ${key}, and not its name at ${nameKey}`,
    );
  });

  it('is read on behind a key, and over as many pages as it takes', async () => {
    for (let n = 0; n < 40; n++) pipeline.s3.put(VAULT, vaultPlace(SOURCE, 'a').key, `${n}`);
    pipeline.s3.put(VAULT, vaultPlace(SOURCE, 'b').key, 'b');
    const list = pipeline.store.listVersions.bind(pipeline.store);
    pipeline.store.listVersions = (request) => list({ ...request, limit: 3 });
    expect(await statesAt(pipeline.now)).toEqual([
      ['a', '39'],
      ['b', 'b'],
    ]);
    const after = vaultPlace(SOURCE, 'a').key;
    const rest = await Array.fromAsync(plainStatesAt(SOURCE, '', pipeline.now, after, pipeline.world));
    expect(rest.map(({ key }) => key)).toEqual(['b']);
  });

  it('gives a rebuilt catalog the last version before a deletion, and its moment', async () => {
    await change('a', 'one');
    await change('a', 'two');
    const at = await change('a', undefined);
    const { vaultVersionId } = await pipeline.entry('a');
    await pipeline.catalog.putEntry({ ...(await pipeline.entry('a')), vaultVersionId: 'lost', rev: 9 }, 3);
    await Array.fromAsync(reindex({ dryRun: false }, KINDS, pipeline.world));
    expect(await pipeline.entry('a')).toMatchObject({ state: 'deleted', vaultVersionId, deletedAt: at });
    expect((await pipeline.catalog.getSource(sourceUri(SOURCE)))?.totals.objects).toBe(0);
  });
});
