import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SiteTestWorld, siteCodeOf, textOf } from './site-world.ts';

export function describeSiteBytes(makeWorld: () => Promise<SiteTestWorld>): void {
  describe('bytes', () => {
    let world: SiteTestWorld;
    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(() => world.close());

    async function given(content: string | Uint8Array) {
      const { behind, site } = world;
      const { rootFolderId } = behind.model.createUser('anna');
      const { documentId, versionId } = behind.model.upload({ parentId: rootFolderId }, content, {
        name: 'a',
      });
      const { downloadUrl = '' } = await site.version(documentId, versionId);
      return { documentId, versionId, downloadUrl };
    }

    it('come by the signed URL of a version, with their length', async () => {
      const { downloadUrl } = await given('holdfast');
      const { length, body } = await world.site.download(downloadUrl);
      expect([length, await textOf(body)]).toEqual([8, 'holdfast']);
    });

    it('come in parts', async () => {
      const { downloadUrl } = await given('holdfast');
      const { length, body } = await world.site.download(downloadUrl, { range: { first: 4, last: 6 } });
      expect([length, await textOf(body)]).toEqual([3, 'fas']);
      const rest = await world.site.download(downloadUrl, { range: { first: 4 } });
      expect(await textOf(rest.body)).toBe('fast');
    });

    it('may be none', async () => {
      const { downloadUrl } = await given('');
      const { length, body } = await world.site.download(downloadUrl);
      expect([length, await textOf(body)]).toEqual([0, '']);
    });

    it('come as a stream that can be left', async () => {
      const { downloadUrl } = await given(Buffer.alloc(3_000_000));
      const { body } = await world.site.download(downloadUrl);
      for await (const chunk of body) {
        expect(chunk.length).toBeLessThan(3_000_000);
        break;
      }
    });

    it('end with the signal', async () => {
      const { downloadUrl } = await given(Buffer.alloc(3_000_000));
      const ending = new AbortController();
      const { body } = await world.site.download(downloadUrl, { signal: ending.signal });
      const reading = async () => {
        for await (const _ of body) ending.abort(new Error('time is up'));
      };
      await expect(reading()).rejects.toThrow('time is up');
    });

    it('ask for a new URL when it has expired', async () => {
      const { downloadUrl } = await given('a');
      world.advance(900_000);
      expect(await siteCodeOf(world.site.download(downloadUrl))).toBe('expired-url');
    });

    it('that cannot be had are told without the URL', async () => {
      const { versionId, downloadUrl } = await given('a');
      world.behind.spoilt.set(versionId, 'refused');
      const request = world.site.download(downloadUrl);
      await expect(request).rejects.toMatchObject({ code: 'unavailable' });
      await expect(request).rejects.not.toThrow(/Signature|source\//);
    });

    it('that break off are told while they are read', async () => {
      const { versionId, downloadUrl } = await given('holdfast');
      world.behind.spoilt.set(versionId, 'broken');
      const { length, body } = await world.site.download(downloadUrl);
      expect(length).toBe(8);
      expect(await siteCodeOf(textOf(body))).toBe('unavailable');
    });

    it('come without a length, fewer, or others, as they are: whoever reads compares', async () => {
      const { versionId, downloadUrl } = await given('holdfast');
      world.behind.spoilt.set(versionId, 'no-length');
      expect((await world.site.download(downloadUrl)).length).toBeUndefined();
      world.behind.spoilt.set(versionId, 'shorter');
      const shorter = await world.site.download(downloadUrl);
      expect([shorter.length, await textOf(shorter.body)]).toEqual([4, 'hold']);
      world.behind.spoilt.set(versionId, 'content');
      expect(await textOf((await world.site.download(downloadUrl)).body)).not.toBe('holdfast');
    });
  });
}
