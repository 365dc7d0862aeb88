import { beforeEach, describe, expect, it } from 'vitest';
import { MemorySite } from '../../../testing/memory/memory-site.ts';
import type { SiteModel } from '../../../testing/memory/site-model.ts';
import type { UserThing } from '../../../testing/memory/site-things.ts';

const NOON = Date.UTC(2024, 4, 1, 12);

let now: number;
let site: MemorySite;
let model: SiteModel;
let anna: UserThing;

beforeEach(() => {
  now = NOON;
  site = new MemorySite({ clock: () => now });
  model = site.model;
  anna = model.createUser('anna');
});

/** What a piece of work left in the log, the oldest first; `~` for what happened indirectly. */
function left(work: () => unknown): string[] {
  const before = new Set(model.log.seen(now).map(({ order }) => order));
  work();
  const fresh = model.log.seen(now).filter(({ order }) => !before.has(order));
  return fresh.toReversed().map(({ type, indirect }) => (indirect ? `~${type}` : type));
}

function document(name = 'a.txt', parentId = anna.rootFolderId) {
  return model.upload({ parentId }, 'content', { name });
}

describe('what people do on a site in memory leaves the activities of WorkDocs:', () => {
  it('an upload, once it has ended', () => {
    const begun = model.beginUpload({ parentId: anna.rootFolderId }, { name: 'a' });
    expect(left(() => model.putBytes(begun, Buffer.from('a')))).toEqual([]);
    expect(left(() => model.finishUpload(begun))).toEqual(['DOCUMENT_VERSION_UPLOADED']);
    expect(left(() => document())).toEqual(['DOCUMENT_VERSION_UPLOADED']);
  });

  it('a folder, and what happens to all that is in it', () => {
    const plans = model.createFolder(anna.rootFolderId, 'Plans');
    document('a', plans.id);
    const old = model.createFolder(anna.rootFolderId, 'Old');
    expect(left(() => model.createFolder(plans.id, 'inner'))).toEqual(['FOLDER_CREATED']);
    expect(left(() => model.rename(plans.id, 'Plans 2'))).toEqual(['FOLDER_RENAMED']);
    const inside = (what: string) => [`FOLDER_${what}`, `~DOCUMENT_${what}`, `~FOLDER_${what}`];
    expect(left(() => model.move(plans.id, old.id))).toEqual(inside('MOVED'));
    expect(left(() => model.share(plans.id, 'bob'))).toEqual(inside('SHARED'));
    expect(left(() => model.recycle(plans.id))).toEqual(inside('RECYCLED'));
    expect(left(() => model.restore(plans.id))).toEqual(inside('RESTORED'));
    expect(left(() => model.delete(plans.id))).toEqual(['FOLDER_DELETED']);
  });

  it('a document', () => {
    const { documentId, versionId } = document();
    const folder = model.createFolder(anna.rootFolderId, 'Plans');
    expect(left(() => model.rename(documentId, 'b.txt'))).toEqual(['DOCUMENT_RENAMED']);
    expect(left(() => model.move(documentId, folder.id))).toEqual(['DOCUMENT_MOVED']);
    expect(left(() => model.revert(documentId, versionId))).toEqual(['DOCUMENT_REVERTED']);
    expect(left(() => model.deleteVersion({ documentId, versionId }))).toEqual(['DOCUMENT_VERSION_DELETED']);
    expect(left(() => model.checkOut(documentId))).toEqual(['DOCUMENT_CHECKED_OUT']);
    expect(left(() => model.checkIn(documentId))).toEqual(['DOCUMENT_CHECKED_IN']);
    expect(left(() => model.share(documentId, 'bob'))).toEqual(['DOCUMENT_SHARED']);
    expect(left(() => model.share(documentId, 'bob', 'COOWNER'))).toEqual([
      'DOCUMENT_SHARE_PERMISSION_CHANGED',
    ]);
    expect(left(() => model.unshare(documentId, 'bob'))).toEqual(['DOCUMENT_UNSHARED']);
    expect(left(() => model.recycle(documentId))).toEqual(['DOCUMENT_RECYCLED']);
    expect(left(() => model.restore(documentId))).toEqual(['DOCUMENT_RESTORED']);
  });

  it('comments, and downloads by whoever asked for the URL', async () => {
    const ref = document();
    let id = '';
    expect(left(() => ({ id } = model.comment(ref, 'Good')))).toEqual(['DOCUMENT_COMMENT_ADDED']);
    expect(left(() => model.deleteComment(ref, id))).toEqual(['DOCUMENT_COMMENT_DELETED']);
    await site.version(ref.documentId, ref.versionId);
    expect(model.log.seen(now)[0]).toMatchObject({ type: 'DOCUMENT_VERSION_DOWNLOADED', by: /^arn:/ });
  });

  it('nothing where WorkDocs has no type for it', () => {
    const { documentId, versionId } = document();
    const nothing = [
      () => model.label(documentId, 'red'),
      () => model.unlabel(documentId, 'red'),
      () => model.setCustomMetadata(documentId, { a: 'b' }, versionId),
      () => model.deleteCustomMetadata(documentId, ['a'], versionId),
      () => model.renameUser(anna.id, 'ann'),
      () => model.deactivateUser(anna.id),
      () => model.delete(documentId),
    ];
    for (const work of nothing) expect(left(work)).toEqual([]);
  });

  it('lost, doubled or late, where a test has it so', () => {
    model.log.fate = () => 'lost';
    expect(left(() => document())).toEqual([]);
    model.log.fate = () => 'doubled';
    expect(left(() => document())).toEqual(['DOCUMENT_VERSION_UPLOADED', 'DOCUMENT_VERSION_UPLOADED']);
    model.log.fate = () => ({ seenFrom: NOON + 60_000 });
    expect(left(() => document())).toEqual([]);
    now = NOON + 60_000;
    expect(model.log.seen(now)[0]).toMatchObject({ at: NOON });
  });
});

describe('a site in memory', () => {
  it('makes the same ids in every run, in the shapes of WorkDocs', () => {
    const another = new MemorySite({ clock: () => NOON }).model;
    expect(another.createUser('anna').id).toBe(anna.id);
    expect(anna.id).toMatch(/^S-1-5-21(-\d+){4}&d-9067e0513b$/);
    expect(anna.rootFolderId).toMatch(/^[0-9a-f]{64}$/);
    expect(document().versionId).toMatch(/^1714564800000-[0-9a-f]{64}$/);
  });

  it('takes a folder along with all that is in it, and brings it back to where it was', () => {
    const outer = model.createFolder(anna.rootFolderId, 'outer');
    const inner = model.createFolder(outer.id, 'inner');
    const { documentId } = document('a', inner.id);
    model.recycle(inner.id);
    expect(model.document(documentId)).toMatchObject({ status: 'RECYCLED', parentId: inner.id });
    expect(inner.parentId).toBe(anna.recycleBinFolderId);
    expect(() => model.rename(documentId, 'b')).toThrow('is RECYCLED');
    model.delete(outer.id);
    model.restore(inner.id);
    // What it lay in is gone.
    expect(inner.parentId).toBe(anna.rootFolderId);
    expect(model.document(documentId).status).toBe('ACTIVE');
  });

  it('hands over what an inactive user had', () => {
    const bob = model.createUser('bob');
    const { documentId } = document('a', bob.rootFolderId);
    expect(() => model.transferOwnership(bob.id, anna.id)).toThrow('is not inactive');
    model.deactivateUser(bob.id);
    const folder = model.transferOwnership(bob.id, anna.id);
    expect(folder).toMatchObject({ name: 'bob', parentId: anna.rootFolderId });
    expect(model.document(documentId)).toMatchObject({ parentId: folder.id, creatorId: anna.id });
    expect(model.ownerOf(documentId)).toBe(anna);
  });

  it('deletes a user with all that was theirs', () => {
    const { documentId } = document();
    model.deleteUser(anna.id);
    expect(() => model.document(documentId)).toThrow('there is no document');
    expect(() => model.folder(anna.rootFolderId)).toThrow('there is no folder');
  });

  it('reverts by a new version, and brings deleted ones back', () => {
    const first = document();
    now += 1;
    model.upload(first, 'second');
    now += 1;
    const reverted = model.revert(first.documentId, first.versionId);
    const texts = () => model.document(first.documentId).versions.map(({ bytes }) => String(bytes));
    expect(texts()).toEqual(['content', 'second', 'content']);
    model.deleteVersion(reverted);
    expect(texts()).toEqual(['content', 'second']);
    model.restoreVersions(first.documentId);
    expect(texts()).toEqual(['content', 'second', 'content']);
    expect(() => model.deleteVersion(reverted, true)).toThrow('has no other version');
  });

  it('refuses what WorkDocs refuses', () => {
    const folder = model.createFolder(anna.rootFolderId, 'Plans');
    const inner = model.createFolder(folder.id, 'inner');
    const { documentId } = document();
    const refused: Array<[() => unknown, string]> = [
      [() => model.createUser('anna'), 'EntityAlreadyExistsException'],
      [() => model.createFolder(anna.rootFolderId, 'Plans'), 'EntityAlreadyExistsException'],
      [() => model.createFolder(anna.rootFolderId, 'a\nb'), 'InvalidArgumentException'],
      [() => model.move(folder.id, inner.id), 'InvalidOperationException'],
      [
        () => model.move(anna.rootFolderId, model.createUser('ben').rootFolderId),
        'InvalidOperationException',
      ],
      [() => model.recycle(anna.rootFolderId), 'InvalidOperationException'],
      [() => model.restore(documentId), 'ProhibitedStateException'],
      [() => model.setCustomMetadata(documentId, { 'a:b': 'c' }), 'InvalidArgumentException'],
      [
        () => model.label(documentId, ...Array.from({ length: 21 }, (_, n) => `l${n}`)),
        'TooManyLabelsException',
      ],
    ];
    for (const [work, exception] of refused) expect(work).toThrow(expect.objectContaining({ exception }));
  });

  it('takes an upload for there only when it has ended, and forgets one that was given up', () => {
    const begun = model.beginUpload({ parentId: anna.rootFolderId }, { name: 'a' });
    expect(model.document(begun.documentId).versions).toMatchObject([{ status: 'INITIALIZED' }]);
    model.abortUpload(begun);
    expect(() => model.document(begun.documentId)).toThrow('there is no document');
    const { documentId } = document();
    model.abortUpload(model.beginUpload({ documentId }, {}));
    expect(model.document(documentId).versions).toHaveLength(1);
  });

  it('counts requests, and lets a test fail them', async () => {
    site.requests.before = (op) => {
      if (op === 'users') throw new Error('no');
    };
    await expect(site.users({})).rejects.toThrow('no');
    await site.folder(anna.rootFolderId);
    expect(site.requests.counts()).toEqual({ users: 1, folder: 1 });
  });
});
