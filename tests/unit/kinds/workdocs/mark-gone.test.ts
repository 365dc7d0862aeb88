import { type Seen, seeRecord } from '@holdfast/core/kinds/workdocs/capture/keep-record.ts';
import { markGone } from '@holdfast/core/kinds/workdocs/capture/mark-gone.ts';
import { type RecordRef, recordKey, versionKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { itemContext } from './support/item-context.ts';
import { givenSite, SITE, type SitePipeline } from './support/site-pipeline.ts';

const AT = Date.parse('2024-06-01T14:00:00Z');
const DAMAGED = '{"format":2}';

let world: SitePipeline;
let ref: RecordRef;
let root: string;
let versionId: string;
let record: string;
let bytes: string;

beforeEach(async () => {
  const given = await givenSite();
  world = given.world;
  root = given.alice.rootFolderId;
  const uploaded = world.people.upload({ parentId: root }, 'one', { name: 'a.txt' });
  ({ versionId } = uploaded);
  ref = { kind: 'document', id: uploaded.documentId };
  record = recordKey(SITE, ref);
  bytes = versionKey(SITE, ref.id, versionId);
  world.pass(4);
  await world.pollSoon();
  world.pass(60);
});

/** What is known of it: by the catalog, or by the vault too. */
const seen = (again: boolean, of = ref) => seeRecord(SITE, of, again, world.world);
/** Once: whatever is not done now is done by nobody. */
const mark = async (what: Seen, of = ref) =>
  markGone(of, what, { at: AT, lookedAt: world.now }, await itemContext(world));
const put = (key: string, text: string) => world.store.put({ bucket: 'vault', key }, text, 'text/plain');
const entry = () => world.entry(ref.kind, ref.id);
const tagsOf = (key: string, version: string | undefined) =>
  world.store.getTags({ bucket: 'vault', key, ...(version === undefined ? {} : { versionId: version }) });
const currentOf = async (key: string) => {
  const head = await world.store.head({ bucket: 'vault', key });
  return head.found ? head.object : undefined;
};

/** The record that the catalog names is damaged, and nothing else is on top of it. */
async function givenDamage(text = DAMAGED): Promise<void> {
  const { etag, versionId: vaultVersionId = '' } = await put(record, text);
  const prior = await entry();
  if (prior === undefined) throw new Error('it is not in the catalog');
  const next = { ...prior, vaultEtag: etag, vaultVersionId, rev: prior.rev + 1 };
  expect(await world.catalog.putEntry(next, prior.rev)).toBe(true);
}

describe('what is gone is marked', () => {
  it('in the vault, then in the catalog, as of when it went', async () => {
    const before = await entry();
    const tried = await mark(await seen(false));
    const after = await entry();
    expect(tried).toEqual({ outcome: { kind: 'deleted', before, after } });
    expect(after).toMatchObject({
      state: 'deleted',
      deletedAt: AT,
      name: 'a.txt',
      rev: (before?.rev ?? 0) + 1,
    });
    expect((await world.history(record))[0]).toBe('marker');
    expect(await world.history(bytes)).toEqual(['marker', 'one']);
  });

  it('once: what is recorded as deleted gets no second marker', async () => {
    await mark(await seen(false));
    const before = await entry();
    for (const again of [false, true]) {
      const unchanged = { outcome: { kind: 'unchanged', before, after: before } };
      expect(await mark(await seen(again))).toEqual(unchanged);
    }
    expect(await world.history(bytes)).toEqual(['marker', 'one']);
  });

  it('not while nobody looked what the vault has of it, and the catalog cannot know', async () => {
    const { entry: known } = await seen(false);
    if (known === undefined) throw new Error('it is not in the catalog');
    expect(await mark({ entry: undefined })).toBe('lost-race');
    expect(await mark({ entry: { ...known, state: 'unprotected', reason: 'failed' } })).toBe('lost-race');
    expect(world.record('document', ref.id)).toBeDefined();
    expect(world.bytes(ref.id, versionId)).toBe('one');
  });

  it('by the record on top, where a handler wrote one and died before it recorded that', async () => {
    const written = await put(record, JSON.stringify({ ...world.record('document', ref.id), name: 'b.txt' }));
    expect(await mark(await seen(true))).toMatchObject({ outcome: { kind: 'deleted' } });
    expect(await tagsOf(record, written.versionId)).toMatchObject({ Deleted: 'True' });
    expect(await entry()).toMatchObject({
      ...{ state: 'deleted', name: 'b.txt' },
      ...{ vaultVersionId: written.versionId, vaultEtag: written.etag },
    });
  });

  it('not when another record was written since the site was asked', async () => {
    const before = await seen(false);
    const known = world.record('document', ref.id);
    await put(record, JSON.stringify({ ...known, name: 'b.txt' }));
    expect(await mark(before)).toBe('lost-race');
    expect(world.bytes(ref.id, versionId)).toBe('one');
    expect(world.record('document', ref.id)?.name).toBe('b.txt');
    expect((await entry())?.state).toBe('current');
  });

  it('not while the vault does not let it be looked at', async () => {
    const { entry: known } = await seen(false);
    if (known === undefined) throw new Error('it is not in the catalog');
    const { source, key, rev } = known;
    const failed = { state: 'unprotected', reason: 'failed', rev: rev + 1, updatedAt: 0 } as const;
    await world.catalog.putEntry({ ...failed, source, key }, rev);
    world.s3.deny('vault', record);
    world.people.recycle(ref.id);
    await world.pollSoon();
    expect(await entry()).toMatchObject({ state: 'unprotected', detail: expect.stringContaining(record) });
    expect(world.bytes(ref.id, versionId)).toBe('one');
  });

  it('and is tried again when the catalog was told something else meanwhile', async () => {
    const before = await seen(false);
    if (before.entry === undefined) throw new Error('it is not in the catalog');
    await world.catalog.putEntry({ ...before.entry, rev: before.entry.rev + 1 }, before.entry.rev);
    expect(await mark(before)).toBe('lost-race');
    expect((await entry())?.state).toBe('current');
  });

  it('as vanished, when the vault never had anything of it', async () => {
    const of = { kind: 'document', id: 'never' } as const;
    const { source } = await world.source();
    const failed = { state: 'unprotected', reason: 'failed', rev: 1, updatedAt: 0 } as const;
    await world.catalog.putEntry({ ...failed, source, key: 'document/never' }, undefined);
    expect(await mark(await seen(true, of), of)).toMatchObject({
      outcome: { kind: 'vanished', before: { state: 'unprotected' }, after: { state: 'deleted' } },
    });
  });
});

describe('the bytes of what is gone', () => {
  it('that are others by now stay as they are, with their tags', async () => {
    await put(bytes, 'others');
    await mark(await seen(false));
    expect(world.bytes(ref.id, versionId)).toBe('others');
    expect(await world.tags(bytes)).toEqual({});
  });

  it('keep the time at which the site had deleted their version', async () => {
    world.people.upload({ documentId: ref.id }, 'two');
    world.people.deleteVersion({ documentId: ref.id, versionId });
    const one = (await currentOf(bytes))?.versionId;
    await world.pollSoon();
    const tags = await tagsOf(bytes, one);
    expect(tags).toMatchObject({ Deleted: 'True' });
    world.pass(60);
    await mark(await seen(false));
    expect(await tagsOf(bytes, one)).toEqual(tags);
    expect(await world.history(bytes)).toEqual(['marker', 'one']);
  });
});

describe('where the record is damaged', () => {
  it('nothing is marked before the vault was asked what is on top', async () => {
    await givenDamage();
    expect(await mark(await seen(false))).toBe('lost-race');
    expect(world.bytes(ref.id, versionId)).toBe('one');
    expect((await world.history(record))[0]).toBe(DAMAGED);
  });

  it('it and all the bytes that the vault lists are marked', async () => {
    await givenDamage();
    await put(versionKey(SITE, ref.id, 'other'), 'other');
    expect(await mark(await seen(true))).toMatchObject({ outcome: { kind: 'deleted' } });
    for (const key of [record, bytes, versionKey(SITE, ref.id, 'other')])
      expect((await world.history(key))[0]).toBe('marker');
    expect(await entry()).toMatchObject({ state: 'deleted', name: 'a.txt' });
  });

  it('bytes that are others by the time stay as they are, and the listing goes on after them', async () => {
    await givenDamage();
    const keys = [1, 2, 3].map((n) => versionKey(SITE, ref.id, `0${n}`));
    for (const key of keys) await put(key, 'bytes');
    const { list } = world.store;
    let lists = 0;
    world.store.list = async (request) => {
      lists += 1;
      if (lists > 10) throw new Error('listed for ever');
      const page = await list.call(world.store, { ...request, limit: 1 });
      if (lists === 1) await put(keys[0] ?? '', 'others');
      return page;
    };
    expect(await mark(await seen(true))).toMatchObject({ outcome: { kind: 'deleted' } });
    const tops = await Promise.all([...keys, bytes].map(async (key) => (await world.history(key))[0]));
    expect(tops).toEqual(['others', 'marker', 'marker', 'marker']);
  });

  it('and the vault has no bytes, that is no obstacle', async () => {
    await givenDamage();
    world.s3.deleteVersion('vault', bytes, (await currentOf(bytes))?.versionId ?? '');
    expect(await mark(await seen(true))).toMatchObject({ outcome: { kind: 'deleted' } });
  });

  it('of a folder, no bytes are looked for', async () => {
    const { id } = world.people.createFolder(root, 'plans');
    await world.pollSoon();
    const of = { kind: 'folder', id } as const;
    await put(recordKey(SITE, of), DAMAGED);
    world.s3.requests.resetCounts();
    expect(await mark(await seen(true, of), of)).toMatchObject({ outcome: { kind: 'deleted' } });
    expect(world.s3.requests.counts()).toMatchObject({ hide: 1 });
    expect(world.s3.requests.count('list')).toBe(0);
  });
});
