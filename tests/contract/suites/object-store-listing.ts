import { expect, it } from 'vitest';
import type { StoreSuite } from './object-store-world.ts';

const KEYS = ['a/1', 'a/2', 'b', 'b/1', 'c', '\uFFFD', '\u{1F98A}'];

export function describeListing({ world }: StoreSuite): void {
  async function filled(): Promise<string> {
    const bucket = await world().createBucket({ versioned: false });
    for (const key of KEYS.toReversed()) await world().put(bucket, key, key);
    return bucket;
  }

  it('tells of each object what is needed to see a change', async () => {
    const bucket = await world().createBucket({ versioned: false });
    await world().put(bucket, 'k', 'hello');
    const { objects, more } = await world().store.list({ bucket });
    expect(more).toBe(false);
    expect(objects).toEqual([
      {
        key: 'k',
        etag: '5d41402abc4b2a76b9719d911017c592',
        size: 5,
        lastModified: expect.any(Number),
        storageClass: 'STANDARD',
      },
    ]);
    const head = await world().store.head({ bucket, key: 'k' });
    expect(head).toMatchObject({ object: { lastModified: objects[0]?.lastModified } });
  });

  it('goes through all pages by the last key of each', async () => {
    const bucket = await filled();
    const seen: string[] = [];
    const pages: number[] = [];
    let after: string | undefined;
    do {
      const page = await world().store.list({ bucket, limit: 3, ...(after === undefined ? {} : { after }) });
      seen.push(...page.objects.map(({ key }) => key));
      pages.push(page.objects.length);
      after = page.more ? seen.at(-1) : undefined;
    } while (after !== undefined);
    expect(seen).toEqual(KEYS);
    expect(pages).toEqual([3, 3, 1]);
  });

  it('says that there is no more when the last page is full', async () => {
    const bucket = await filled();
    expect((await world().store.list({ bucket, limit: KEYS.length })).more).toBe(false);
  });

  it('keeps to a prefix, also behind a key', async () => {
    const bucket = await filled();
    const { objects } = await world().store.list({ bucket, prefix: 'b' });
    expect(objects.map(({ key }) => key)).toEqual(['b', 'b/1']);
    const rest = await world().store.list({ bucket, prefix: 'b', after: 'b' });
    expect(rest.objects.map(({ key }) => key)).toEqual(['b/1']);
  });

  it('goes on behind a key that does not exist', async () => {
    const bucket = await filled();
    const { objects } = await world().store.list({ bucket, after: 'a/zzz', limit: 1 });
    expect(objects.map(({ key }) => key)).toEqual(['b']);
  });

  it('lists an empty bucket as empty', async () => {
    const bucket = await world().createBucket({ versioned: true });
    expect(await world().store.list({ bucket })).toEqual({ objects: [], more: false });
    expect(await world().store.listVersions({ bucket })).toEqual({ versions: [] });
  });

  it('does not list what is behind a delete marker', async () => {
    const bucket = await world().createBucket({ versioned: true });
    await world().put(bucket, 'gone', 'x');
    await world().put(bucket, 'here', 'x');
    await world().delete(bucket, 'gone');
    const { objects } = await world().store.list({ bucket });
    expect(objects.map(({ key }) => key)).toEqual(['here']);
  });
}
