import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SiteTestWorld, siteCodeOf } from './site-world.ts';

export function describeSiteRefusals(makeWorld: () => Promise<SiteTestWorld>): void {
  describe('refusing', () => {
    let world: SiteTestWorld;
    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(() => world.close());

    function given() {
      const { model } = world.behind;
      const { rootFolderId } = model.createUser('anna');
      return { rootFolderId, ...model.upload({ parentId: rootFolderId }, 'a', { name: 'a' }) };
    }

    it('tells what is not there by id', async () => {
      const { rootFolderId, documentId } = given();
      const { site, behind } = world;
      behind.model.delete(documentId);
      expect(await siteCodeOf(site.document(documentId))).toBe('not-found');
      expect(await siteCodeOf(site.versions(documentId))).toBe('not-found');
      expect(await siteCodeOf(site.version(documentId, 'a'))).toBe('not-found');
      expect(await siteCodeOf(site.folder(documentId))).toBe('not-found');
      expect(await siteCodeOf(site.folderContents('nothing'))).toBe('not-found');
      expect(await siteCodeOf(site.path({ kind: 'document', id: documentId }))).toBe('not-found');
      expect(await siteCodeOf(site.document(rootFolderId))).toBe('not-found');
    });

    it('never takes what may not be looked at for what is not there', async () => {
      const { documentId, versionId, rootFolderId } = given();
      const { site, behind } = world;
      for (const id of [documentId, rootFolderId]) behind.model.denied.add(id);
      expect(await siteCodeOf(site.document(documentId))).toBe('access-denied');
      expect(await siteCodeOf(site.version(documentId, versionId))).toBe('access-denied');
      expect(await siteCodeOf(site.comments(documentId, versionId))).toBe('access-denied');
      expect(await siteCodeOf(site.permissions(documentId))).toBe('access-denied');
      expect(await siteCodeOf(site.folder(rootFolderId))).toBe('access-denied');
      expect(await siteCodeOf(site.folderContents(rootFolderId))).toBe('access-denied');
    });

    it('says so when it is throttled', async () => {
      const { documentId } = given();
      world.behind.throttle(100);
      expect(await siteCodeOf(world.site.document(documentId))).toBe('throttled');
      expect(await siteCodeOf(world.site.users({}))).toBe('throttled');
    });

    it('refuses a marker that it did not give', async () => {
      const { rootFolderId } = given();
      expect(await siteCodeOf(world.site.folderContents(rootFolderId, 'not a marker'))).toBe('invalid');
    });

    it('refuses what is asked for by id after the end of the service, as a site may', async () => {
      const { documentId } = given();
      world.behind.model.end({ byId: 'access-denied' });
      expect(await siteCodeOf(world.site.document(documentId))).toBe('access-denied');
      world.behind.model.end({ byId: 'answers' });
      expect(await siteCodeOf(world.site.document(documentId))).toBe('not refused');
    });
  });
}
