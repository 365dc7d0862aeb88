import { recordKey, versionKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { givenSite, SITE, type SitePipeline } from './support/site-pipeline.ts';

let world: SitePipeline;
let root: string;
let id: string;
let first: string;

beforeEach(async () => {
  const given = await givenSite();
  world = given.world;
  root = given.alice.rootFolderId;
  const uploaded = world.people.upload({ parentId: root }, 'one', { name: 'a.txt' });
  id = uploaded.documentId;
  first = uploaded.versionId;
  world.pass(4);
  await world.pollSoon();
  world.pass(60);
  world.requests();
});

const record = () => world.record('document', id);
const state = async () => (await world.entry('document', id))?.state;
const versionHistory = (versionId = first) => world.history(versionKey(SITE, id, versionId));
const recordHistory = () => world.history(recordKey(SITE, { kind: 'document', id }));

describe('a document that is', () => {
  it('renamed gets a new record, and no bytes move', async () => {
    world.people.rename(id, 'b.txt');
    await world.pollSoon();
    expect(record()?.name).toBe('b.txt');
    expect((await world.entry('document', id))?.name).toBe('b.txt');
    expect(await versionHistory()).toEqual(['one']);
    expect(world.requests()).toEqual({
      activities: 1,
      document: 1,
      versions: 1,
      comments: 1,
      permissions: 1,
    });
  });

  it('renamed while it has nothing but a draft is called so', async () => {
    world.people.beginUpload({ documentId: id }, { size: 4 });
    world.people.deleteVersion({ documentId: id, versionId: first });
    world.people.rename(id, 'b.txt');
    await world.pollSoon();
    expect(record()?.name).toBe('b.txt');
  });

  it('moved gets a new record, and no bytes move', async () => {
    const folder = world.people.createFolder(root, 'plans');
    world.people.move(id, folder.id);
    await world.pollSoon();
    expect(record()?.parentId).toBe(folder.id);
    expect(await versionHistory()).toEqual(['one']);
  });

  it('given new versions within one moment has the current one as its last', async () => {
    const ids = Array.from({ length: 4 }, () => world.people.upload({ documentId: id }, 'again').versionId);
    await world.pollSoon();
    expect(record()?.latest).toBe(ids.at(-1));
    expect(record()?.versions.at(-1)?.id).toBe(ids.at(-1));
  });

  it('given a new version has both', async () => {
    const { versionId } = world.people.upload({ documentId: id }, 'two');
    await world.pollSoon();
    expect(record()?.versions.map((version) => version.id)).toEqual([first, versionId]);
    expect(record()?.latest).toBe(versionId);
    expect(world.bytes(id, versionId)).toBe('two');
    expect(await versionHistory()).toEqual(['one']);
  });

  it('reverted to an older version has that as its latest', async () => {
    world.people.upload({ documentId: id }, 'two');
    await world.pollSoon();
    world.pass(10);
    const { versionId } = world.people.revert(id, first);
    await world.pollSoon();
    expect(record()?.latest).toBe(versionId);
    expect(record()?.versions).toHaveLength(3);
    expect(world.bytes(id, versionId)).toBe('one');
  });

  it('recycled is tagged and marked, record and bytes, and the entry says so', async () => {
    world.people.recycle(id);
    await world.pollSoon();
    expect(await state()).toBe('deleted');
    const { vaultVersionId = '' } = (await world.entry('document', id)) ?? {};
    expect((await recordHistory())[0]).toBe('marker');
    expect(await versionHistory()).toEqual(['marker', 'one']);
    const key = recordKey(SITE, { kind: 'document', id });
    const tags = await world.store.getTags({ bucket: 'vault', key, versionId: vaultVersionId });
    expect(tags).toMatchObject({ Deleted: 'True', DeletedAt: expect.stringMatching(/^2024-06-01T/) });
    expect((await world.source()).totals).toMatchObject({ objects: 0, bytes: 0, deleted: 1 });
  });

  it('restored from the bin is there again, with its bytes, and without a new download', async () => {
    world.people.recycle(id);
    await world.pollSoon();
    world.pass(10);
    world.people.restore(id);
    world.requests();
    await world.pollSoon();
    expect(await state()).toBe('current');
    expect(world.bytes(id, first)).toBe('one');
    expect(record()?.versions[0]?.kept?.versionId).toBeDefined();
    expect(world.requests()).not.toHaveProperty('download');
    expect(await world.tags(versionKey(SITE, id, first))).toEqual({});
    expect((await world.source()).totals).toMatchObject({ objects: 1, bytes: 3 });
  });

  it('restored from the bin keeps the checksum of its bytes, also where a copy is given none', async () => {
    const before = record()?.versions[0]?.kept?.checksum;
    const copy = world.store.copy.bind(world.store);
    world.store.copy = async (request) => {
      const { checksum: _, ...written } = await copy(request);
      return written;
    };
    world.people.recycle(id);
    await world.pollSoon();
    world.pass(10);
    world.people.restore(id);
    await world.pollSoon();
    expect(before).toMatchObject({ algorithm: 'CRC32' });
    expect(record()?.versions[0]?.kept?.checksum).toEqual(before);
  });

  it('restored when the old bytes are gone for good is downloaded again', async () => {
    world.people.recycle(id);
    await world.pollSoon();
    world.pass(10);
    const { kept } = (await priorRecordOf()) ?? {};
    world.s3.deleteVersion('vault', versionKey(SITE, id, first), kept?.versionId ?? '');
    world.people.restore(id);
    await world.pollSoon();
    expect(world.bytes(id, first)).toBe('one');
  });

  it('deleted for good is marked when a crawl asks for it, and the site says that it is not there', async () => {
    world.people.recycle(id);
    world.people.delete(id);
    const other = world.people.upload({ parentId: root }, 'x', { name: 'x' });
    world.pass(120);
    const job = await world.crawl('later');
    expect(job).toMatchObject({ state: 'done', counts: { gone: 1, deleted: 1 } });
    expect(await state()).toBe('deleted');
    expect((await world.entry('document', other.documentId))?.state).toBe('current');
    expect((await world.source()).totals).toMatchObject({ objects: 1, bytes: 1 });
  });

  it('renamed and then recycled between two polls is recycled', async () => {
    world.people.rename(id, 'b.txt');
    world.pass(1);
    world.people.recycle(id);
    await world.pollSoon();
    expect(await state()).toBe('deleted');
    const looks = world.handled.filter(({ queue, body }) => queue === 'documents' && body.includes(id));
    expect(looks).toHaveLength(2);
    expect(JSON.parse(looks[1]?.body ?? '').items).toEqual([
      { kind: 'document', id, at: world.now - 60_000 },
    ]);
  });

  it('uploaded and recycled between two polls leaves nothing', async () => {
    const { documentId } = world.people.upload({ parentId: root }, 'x', { name: 'x' });
    world.people.recycle(documentId);
    await world.pollSoon();
    expect(await world.entry('document', documentId)).toBeUndefined();
  });

  async function priorRecordOf() {
    const entry = await world.entry('document', id);
    const key = recordKey(SITE, { kind: 'document', id });
    const text = await world.store.get({ bucket: 'vault', key, versionId: entry?.vaultVersionId ?? '' });
    return (JSON.parse(text) as { versions: Array<{ kept: { versionId: string } }> }).versions[0];
  }
});

describe('a version that is deleted', () => {
  it('stays in the record, and its bytes are marked', async () => {
    const { versionId } = world.people.upload({ documentId: id }, 'two');
    await world.pollSoon();
    world.pass(10);
    world.people.deleteVersion({ documentId: id, versionId: first });
    await world.pollSoon();
    expect(record()?.versions.map((version) => [version.id, version.status])).toEqual([
      [first, 'DELETED'],
      [versionId, 'ACTIVE'],
    ]);
    expect(await versionHistory()).toEqual(['marker', 'one']);
    expect(await versionHistory(versionId)).toEqual(['two']);
    expect((await world.entry('document', id))?.size).toBe(3);
  });

  it('and brought back has its bytes again', async () => {
    const { versionId } = world.people.upload({ documentId: id }, 'two');
    world.people.deleteVersion({ documentId: id, versionId: first });
    await world.pollSoon();
    world.pass(10);
    world.people.restoreVersions(id);
    world.people.rename(id, 'b.txt');
    await world.pollSoon();
    expect(record()?.versions.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
    expect(world.bytes(id, first)).toBe('one');
    expect(world.bytes(id, versionId)).toBe('two');
  });

  it('is not believed when only a listing lacks it', async () => {
    const { versionId } = world.people.upload({ documentId: id }, 'two');
    await world.pollSoon();
    world.pass(10);
    const { versions } = world.site;
    world.site.versions = async (...args) => {
      const page = await versions.call(world.site, ...args);
      return { ...page, items: page.items.filter((version) => version.id !== first) };
    };
    world.people.rename(id, 'b.txt');
    await world.pollSoon();
    expect(record()?.versions.map((version) => version.id)).toEqual([first, versionId]);
    expect(await versionHistory()).toEqual(['one']);
  });

  it('is not believed of the version that the document itself says is its latest', async () => {
    world.site.versions = () => Promise.resolve({ items: [] });
    world.site.requests.before = (op) => {
      if (op === 'version') throw new SiteError('not-found', 'there is no such version');
    };
    world.people.rename(id, 'b.txt');
    await world.pollSoon();
    expect(record()?.versions).toMatchObject([{ id: first, status: 'ACTIVE' }]);
    expect(await versionHistory()).toEqual(['one']);
  });
});

it('a version that the list lacks, and the document says is its latest, is captured', async () => {
  const { versionId } = world.people.upload({ documentId: id }, 'two');
  const { versions } = world.site;
  world.site.versions = async (...args) => {
    const page = await versions.call(world.site, ...args);
    return { ...page, items: page.items.filter((version) => version.id !== versionId) };
  };
  await world.pollSoon();
  expect(record()?.versions.map((version) => version.id)).toEqual([first, versionId]);
  expect(world.bytes(id, versionId)).toBe('two');
});

describe('what is said about a document', () => {
  it('a comment is in the record after the next poll, and gone when it was deleted', async () => {
    const { id: commentId } = world.people.comment({ documentId: id, versionId: first }, 'well done');
    await world.pollSoon();
    expect(record()?.versions[0]?.comments).toMatchObject([{ id: commentId, text: 'well done' }]);
    world.pass(10);
    world.people.deleteComment({ documentId: id, versionId: first }, commentId);
    await world.pollSoon();
    expect(record()?.versions[0]?.comments).toEqual([]);
    expect(await versionHistory()).toEqual(['one']);
  });

  it('a crawl in between does not swallow the comment of an activity that comes late', async () => {
    world.people.log.fate = () => ({ seenFrom: world.now + 5 * 60_000 });
    world.people.comment({ documentId: id, versionId: first }, 'late');
    world.pass(4);
    await world.crawl('between');
    world.pass(4);
    await world.poll();
    expect(record()?.versions[0]?.comments).toMatchObject([{ text: 'late' }]);
  });

  it('permissions', async () => {
    const bob = world.people.createUser('bob');
    world.people.share(id, bob.id, 'CONTRIBUTOR');
    await world.pollSoon();
    expect(record()?.permissions).toContainEqual({
      principal: bob.id,
      type: 'USER',
      roles: [{ role: 'CONTRIBUTOR', type: 'DIRECT' }],
    });
    world.pass(10);
    world.people.unshare(id, bob.id);
    await world.pollSoon();
    expect(record()?.permissions?.some(({ principal }) => principal === bob.id)).toBe(false);
  });

  it('labels, which leave no activity: the next crawl', async () => {
    world.people.label(id, 'secret', 'urgent');
    await world.pollSoon();
    expect(record()?.labels).toEqual([]);
    await world.crawl('later');
    expect(record()?.labels).toEqual(['secret', 'urgent']);
  });

  it('custom metadata, of which no listing tells: a deep crawl', async () => {
    world.people.setCustomMetadata(id, { project: 'x' });
    world.people.setCustomMetadata(id, { client: 'y' }, first);
    world.pass(10);
    await world.crawl('later');
    expect(record()?.customMetadata).toEqual({});
    world.pass(10);
    await world.crawl('deep', { deep: true });
    expect(record()).toMatchObject({
      customMetadata: { project: 'x' },
      versions: [{ customMetadata: { client: 'y' } }],
    });
  });
});
