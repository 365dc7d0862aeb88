import type { SiteActivity } from '@holdfast/core/kinds/workdocs/site.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allOf, type SiteTestWorld } from './site-world.ts';

const DAY = 86_400_000;

export function describeSiteReading(makeWorld: () => Promise<SiteTestWorld>): void {
  describe('reading', () => {
    let world: SiteTestWorld;
    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(() => world.close());

    it('lists users, the inactive ones too, and finds some by the beginnings of their names', async () => {
      const { site, behind } = world;
      const anna = behind.model.createUser('anna', { givenName: 'Anna', surname: 'Ek', timeZone: 'UTC' });
      const bob = behind.model.createUser('bob');
      behind.model.deactivateUser(bob.id);
      behind.pages.size = 1;
      const users = await allOf((marker) => site.users(marker === undefined ? {} : { marker }));
      expect(users).toEqual([anna, { ...bob, status: 'INACTIVE' }]);
      expect((await site.users({ query: 'an e' })).items.map(({ id }) => id)).toEqual([anna.id]);
    });

    it('tells a folder, with labels and custom metadata', async () => {
      const { site, behind } = world;
      const { id: creatorId, rootFolderId } = behind.model.createUser('anna');
      const folder = behind.model.createFolder(rootFolderId, 'Plans / 2024');
      behind.model.label(folder.id, 'red');
      behind.model.setCustomMetadata(folder.id, { a: 'b' });
      const { createdAt } = folder;
      expect(await site.folder(folder.id)).toEqual({
        id: folder.id,
        parentId: rootFolderId,
        name: 'Plans / 2024',
        creatorId,
        createdAt,
        modifiedAt: createdAt,
        status: 'ACTIVE',
        labels: ['red'],
        customMetadata: { a: 'b' },
      });
      expect(await site.folder(rootFolderId)).toMatchObject({ name: '/' });
      expect(await site.folder(rootFolderId)).not.toHaveProperty('parentId');
    });

    it('tells a document by its current version, and all its versions', async () => {
      const { site, behind } = world;
      const { rootFolderId } = behind.model.createUser('anna');
      const times = { contentCreatedAt: 1_000_000_000_123, contentModifiedAt: 1_100_000_000_456 };
      const first = behind.model.upload({ parentId: rootFolderId }, 'one', { name: 'a.txt' });
      world.advance(DAY);
      const second = behind.model.upload(first, 'second', { ...times, contentType: 'text/plain' });
      const document = await site.document(first.documentId);
      expect(document).toMatchObject({
        parentId: rootFolderId,
        status: 'ACTIVE',
        labels: [],
        customMetadata: {},
      });
      expect(document.latest).toMatchObject({ id: second.versionId, name: 'a.txt', size: 6, ...times });
      expect((document.latest?.createdAt ?? 0) - (document.createdAt ?? 0)).toBe(DAY);
      const versions = await allOf((marker) => site.versions(first.documentId, marker));
      expect(versions.map(({ id }) => id).toSorted()).toEqual([first.versionId, second.versionId].toSorted());
      expect(versions.every(({ downloadUrl }) => downloadUrl === undefined)).toBe(true);
      expect(await site.version(first.documentId, second.versionId)).toMatchObject({
        ...document.latest,
        customMetadata: {},
      });
    });

    it('lists what a folder has, page by page, and what is being uploaded too', async () => {
      const { site, behind } = world;
      const { rootFolderId } = behind.model.createUser('anna');
      const folder = behind.model.createFolder(rootFolderId, 'Plans');
      for (let n = 0; n < 4; n += 1)
        behind.model.upload({ parentId: rootFolderId }, `${n}`, { name: `${n}` });
      const begun = behind.model.beginUpload({ parentId: rootFolderId }, { name: 'half' });
      behind.pages.size = 2;
      const contents = await allOf((marker) => site.folderContents(rootFolderId, marker));
      expect(contents).toHaveLength(6);
      expect(contents.filter(({ kind }) => kind === 'folder')).toMatchObject([{ folder: { id: folder.id } }]);
      const half = contents.find((one) => one.kind === 'document' && one.document.id === begun.documentId);
      expect(half).toMatchObject({ kind: 'document', document: { status: 'ACTIVE' } });
      expect(half?.kind === 'document' && half.document.latest).toBeUndefined();
      expect((await site.versions(begun.documentId)).items).toMatchObject([
        { name: 'half', status: 'INITIALIZED' },
      ]);
    });

    it('goes on behind an empty page', async () => {
      const { site, behind } = world;
      const { rootFolderId } = behind.model.createUser('anna');
      behind.model.createFolder(rootFolderId, 'Plans');
      behind.pages.blankFirst = true;
      expect((await site.folderContents(rootFolderId)).items).toEqual([]);
      expect(await allOf((marker) => site.folderContents(rootFolderId, marker))).toHaveLength(1);
    });

    it('shows a recycled folder in the recycle bin, and all that is in it as recycled', async () => {
      const { site, behind } = world;
      const { rootFolderId, recycleBinFolderId } = behind.model.createUser('anna');
      const outer = behind.model.createFolder(rootFolderId, 'outer');
      const inner = behind.model.createFolder(outer.id, 'inner');
      const { documentId } = behind.model.upload({ parentId: inner.id }, 'a', { name: 'a' });
      behind.model.recycle(outer.id);
      expect((await site.folderContents(rootFolderId)).items).toEqual([]);
      expect((await site.folderContents(recycleBinFolderId)).items).toMatchObject([
        { kind: 'folder', folder: { id: outer.id, status: 'RECYCLED', parentId: recycleBinFolderId } },
      ]);
      expect(await site.document(documentId)).toMatchObject({ status: 'RECYCLED', parentId: inner.id });
      behind.model.restore(outer.id);
      expect(await site.document(documentId)).toMatchObject({ status: 'ACTIVE' });
      expect(await site.folder(outer.id)).toMatchObject({ status: 'ACTIVE', parentId: rootFolderId });
    });

    it('tells the path from the root folder on', async () => {
      const { site, behind } = world;
      const { rootFolderId } = behind.model.createUser('anna');
      const folder = behind.model.createFolder(rootFolderId, 'Plans');
      const { documentId } = behind.model.upload({ parentId: folder.id }, 'a', { name: 'a.txt' });
      const parts = [
        { id: rootFolderId, name: '/' },
        { id: folder.id, name: 'Plans' },
      ];
      expect(await site.path({ kind: 'folder', id: folder.id })).toEqual(parts);
      expect(await site.path({ kind: 'document', id: documentId })).toEqual([
        ...parts,
        { id: documentId, name: 'a.txt' },
      ]);
    });

    it('tells comments and who may do what', async () => {
      const { site, behind } = world;
      const anna = behind.model.createUser('anna');
      const bob = behind.model.createUser('bob');
      const folder = behind.model.createFolder(anna.rootFolderId, 'Plans');
      const ref = behind.model.upload({ parentId: folder.id }, 'a', { name: 'a' });
      const first = behind.model.comment(ref, 'Good', { by: bob.id });
      const reply = {
        parentId: first.id,
        threadId: first.id,
        recipientId: bob.id,
        visibility: 'PRIVATE' as const,
      };
      behind.model.comment(ref, 'Thanks', reply);
      behind.model.share(folder.id, bob.id, 'CONTRIBUTOR');
      behind.model.share(ref.documentId, 'anonymous', 'VIEWER', 'ANONYMOUS');
      behind.pages.size = 1;
      const comments = await allOf((marker) => site.comments(ref.documentId, ref.versionId, marker));
      expect(comments).toMatchObject([
        { id: first.id, text: 'Good', by: bob.id, at: first.at, status: 'PUBLISHED', visibility: 'PUBLIC' },
        { text: 'Thanks', by: anna.id, ...reply },
      ]);
      const permissions = await allOf((marker) => site.permissions(ref.documentId, marker));
      expect(permissions).toEqual([
        { principal: anna.id, type: 'USER', roles: [{ role: 'OWNER', type: 'DIRECT' }] },
        { principal: bob.id, type: 'USER', roles: [{ role: 'CONTRIBUTOR', type: 'INHERITED' }] },
        { principal: 'anonymous', type: 'ANONYMOUS', roles: [{ role: 'VIEWER', type: 'DIRECT' }] },
      ]);
    });

    it('tells what happened from one moment until before another, of the types that are asked for', async () => {
      const { site, behind } = world;
      const { model } = behind;
      const { rootFolderId } = model.createUser('anna');
      const start = model.clock();
      const { documentId } = model.upload({ parentId: rootFolderId }, 'a', { name: 'a' });
      world.advance(1_000);
      model.rename(documentId, 'b');
      world.advance(1_000);
      model.checkOut(documentId);
      model.recycle(documentId);
      const types = ['DOCUMENT_VERSION_UPLOADED', 'DOCUMENT_RENAMED', 'DOCUMENT_RECYCLED'];
      const between = (since: number, until: number) =>
        allOf<SiteActivity>((marker) =>
          site.activities({ since, until, types, ...(marker === undefined ? {} : { marker }) }),
        );
      const item = { kind: 'document', id: documentId };
      behind.pages.size = 1;
      expect((await between(start, start + 2_001)).toSorted((a, b) => a.at - b.at)).toEqual([
        { type: 'DOCUMENT_VERSION_UPLOADED', at: start, item: { ...item, name: 'a' } },
        { type: 'DOCUMENT_RENAMED', at: start + 1_000, item: { ...item, name: 'b' } },
        { type: 'DOCUMENT_RECYCLED', at: start + 2_000, item: { ...item, name: 'b' } },
      ]);
      expect(await between(start + 1_000, start + 2_000)).toMatchObject([{ type: 'DOCUMENT_RENAMED' }]);
    });

    it('has nothing but empty lists after the end of the service', async () => {
      const { site, behind } = world;
      const { rootFolderId } = behind.model.createUser('anna');
      const ref = behind.model.upload({ parentId: rootFolderId }, 'a', { name: 'a' });
      behind.model.end({ byId: 'not-found' });
      expect(await site.users({})).toEqual({ items: [] });
      expect(await site.folderContents(rootFolderId)).toEqual({ items: [] });
      expect(await site.versions(ref.documentId)).toEqual({ items: [] });
      expect(await site.activities({ since: 0, until: DAY, types: ['DOCUMENT_MOVED'] })).toEqual({
        items: [],
      });
    });
  });
}
