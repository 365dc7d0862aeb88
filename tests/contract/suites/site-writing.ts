import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, type SiteTestWorld, siteCodeOf } from './site-world.ts';

export function describeSiteWriting(makeWorld: () => Promise<SiteTestWorld>): void {
  describe('writing', () => {
    let world: SiteTestWorld;
    let rootFolderId: string;
    beforeEach(async () => {
      world = await makeWorld();
      rootFolderId = world.behind.model.createUser('anna').rootFolderId;
    });
    afterEach(() => world.close());

    it('makes a folder, and tells of one that is there already', async () => {
      const { id } = await world.site.createFolder(rootFolderId, 'Plans');
      expect(await world.site.folder(id)).toMatchObject({ name: 'Plans', parentId: rootFolderId });
      expect(await siteCodeOf(world.site.createFolder(rootFolderId, 'Plans'))).toBe('conflict');
      expect(await siteCodeOf(world.site.createFolder('nothing', 'Plans'))).toBe('not-found');
    });

    it('uploads a document in three steps, and a version of it', async () => {
      const { site } = world;
      const facts = {
        name: 'a.txt',
        contentType: 'text/plain',
        contentCreatedAt: 1_500,
        contentModifiedAt: 2_500,
      };
      const begun = await site.beginUpload({ place: { parentId: rootFolderId }, size: 8, ...facts });
      await site.upload(begun, bytesOf('hold', 'fast'), 8);
      expect((await site.document(begun.documentId)).latest).toBeUndefined();
      await site.finishUpload(begun);
      expect((await site.document(begun.documentId)).latest).toMatchObject({
        id: begun.versionId,
        size: 8,
        status: 'ACTIVE',
        ...facts,
      });
      const next = await site.beginUpload({
        place: { documentId: begun.documentId },
        name: 'b.txt',
        size: 0,
      });
      expect(next.documentId).toBe(begun.documentId);
      await site.upload(next, bytesOf(), 0);
      await site.finishUpload(next);
      expect((await site.document(begun.documentId)).latest).toMatchObject({ name: 'b.txt', size: 0 });
      const { versions } = world.behind.model.document(begun.documentId);
      expect(versions.map(({ bytes }) => Buffer.from(bytes ?? []).toString())).toEqual(['holdfast', '']);
    });

    it('ends an upload again without harm, but none to which nothing came', async () => {
      const { site } = world;
      const begun = await site.beginUpload({ place: { parentId: rootFolderId }, name: 'a', size: 1 });
      expect(await siteCodeOf(site.finishUpload(begun))).toBe('invalid');
      await site.upload(begun, bytesOf('a'), 1);
      await site.finishUpload(begun);
      await site.finishUpload(begun);
      expect(world.behind.model.document(begun.documentId).versions).toHaveLength(1);
    });

    it('gives an upload up, and the document with it when there is nothing else', async () => {
      const { site } = world;
      const begun = await site.beginUpload({ place: { parentId: rootFolderId }, name: 'a', size: 1 });
      await site.abortUpload(begun);
      expect(await siteCodeOf(site.document(begun.documentId))).toBe('not-found');
    });

    it('refuses bytes of another length than was announced', async () => {
      const { site } = world;
      const begun = await site.beginUpload({ place: { parentId: rootFolderId }, name: 'a', size: 3 });
      expect(await siteCodeOf(site.upload(begun, bytesOf('ab'), 3))).toBe('corrupt');
      expect(await siteCodeOf(site.upload(begun, bytesOf('ab', 'cd'), 3))).toBe('corrupt');
    });

    it('asks for a new URL when it has expired', async () => {
      const { site } = world;
      const begun = await site.beginUpload({ place: { parentId: rootFolderId }, name: 'a', size: 3 });
      world.advance(900_000);
      expect(await siteCodeOf(site.upload(begun, bytesOf('abc'), 3))).toBe('expired-url');
    });

    it('fails with what the bytes came with', async () => {
      const { site } = world;
      const begun = await site.beginUpload({ place: { parentId: rootFolderId }, name: 'a', size: 3 });
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('a');
        throw new Error('the vault is gone');
      }
      await expect(site.upload(begun, broken(), 3)).rejects.toThrow('the vault is gone');
    });

    it('marks a version, up to eight properties', async () => {
      const { site } = world;
      const { documentId, versionId } = world.behind.model.upload({ parentId: rootFolderId }, 'a', {
        name: 'a',
      });
      await site.addCustomMetadata(documentId, versionId, { a: '1' });
      await site.addCustomMetadata(documentId, versionId, { b: '2' });
      expect((await site.version(documentId, versionId)).customMetadata).toEqual({ a: '1', b: '2' });
      const seven = Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`key${n}`, 'x']));
      expect(await siteCodeOf(site.addCustomMetadata(documentId, versionId, seven))).toBe('invalid');
    });

    it('tells of what is checked out or recycled', async () => {
      const { model } = world.behind;
      const { documentId } = model.upload({ parentId: rootFolderId }, 'a', { name: 'a' });
      model.checkOut(documentId);
      const again = { place: { documentId }, name: 'a', size: 1 };
      expect(await siteCodeOf(world.site.beginUpload(again))).toBe('conflict');
      model.checkIn(documentId);
      model.recycle(documentId);
      expect(await siteCodeOf(world.site.beginUpload(again))).toBe('conflict');
    });
  });
}
