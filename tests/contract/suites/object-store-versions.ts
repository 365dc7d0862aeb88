import type { ListedVersion } from '@holdfast/core/model/object.ts';
import type { ListVersionsRequest } from '@holdfast/core/ports/object-store.ts';
import { expect, it } from 'vitest';
import { codeOf } from './code-of.ts';
import type { StoreSuite } from './object-store-world.ts';

export function describeVersions({ world }: StoreSuite): void {
  async function allVersions(request: ListVersionsRequest): Promise<ListedVersion[]> {
    const { versions, next } = await world().store.listVersions(request);
    if (next === undefined) return [...versions];
    return [...versions, ...(await allVersions({ ...request, marker: next }))];
  }

  /** Two keys with a life: written, deleted, written again, all within a second or two. */
  async function lived() {
    const bucket = await world().createBucket({ versioned: true });
    const a1 = await world().put(bucket, 'a', '1');
    await world().delete(bucket, 'a');
    const a2 = await world().put(bucket, 'a', '22');
    const b1 = await world().put(bucket, 'b', '333');
    await world().delete(bucket, 'b');
    return { bucket, a1, a2, b1 };
  }

  it('lists newest first, markers in their places', async () => {
    const { bucket, a1, a2, b1 } = await lived();
    const { versions } = await world().store.listVersions({ bucket });
    expect(versions).toMatchObject([
      { key: 'a', versionId: a2, latest: true, deleteMarker: false, size: 2 },
      { key: 'a', latest: false, deleteMarker: true },
      { key: 'a', versionId: a1, latest: false, deleteMarker: false, size: 1 },
      { key: 'b', latest: true, deleteMarker: true },
      { key: 'b', versionId: b1, latest: false, deleteMarker: false, size: 3 },
    ]);
    expect(versions.every(({ lastModified }) => lastModified % 1000 === 0)).toBe(true);
  });

  it('goes on within a key when a page ends there', async () => {
    const { bucket } = await lived();
    const whole = await allVersions({ bucket });
    expect(await allVersions({ bucket, limit: 1 })).toEqual(whole);
    expect(await allVersions({ bucket, limit: 2 })).toEqual(whole);
  });

  it('skips all versions of a key that stands alone in the marker', async () => {
    const { bucket } = await lived();
    const rest = await allVersions({ bucket, marker: { key: 'a' } });
    expect(rest.map(({ key }) => key)).toEqual(['b', 'b']);
  });

  it('keeps to a prefix', async () => {
    const { bucket } = await lived();
    expect(await allVersions({ bucket, prefix: 'b' })).toHaveLength(2);
  });

  it('lists the one version of a bucket without versions as null', async () => {
    const bucket = await world().createBucket({ versioned: false });
    await world().put(bucket, 'k', 'x');
    const { versions } = await world().store.listVersions({ bucket });
    expect(versions).toMatchObject([{ key: 'k', versionId: 'null', latest: true, deleteMarker: false }]);
  });

  it('hides an object and keeps its versions', async () => {
    const bucket = await world().createBucket({ versioned: true });
    const versionId = await world().put(bucket, 'k', 'kept');
    const marker = await world().store.hide({ bucket, key: 'k' });
    const { versions } = await world().store.listVersions({ bucket });
    expect(versions.map((version) => version.versionId)).toEqual([marker.versionId, versionId]);
    expect(await world().store.get({ bucket, key: 'k', versionId })).toBe('kept');
  });

  it('hides only what was seen', async () => {
    const bucket = await world().createBucket({ versioned: true });
    await world().put(bucket, 'k', 'hello');
    const hide = (key: string, ifMatch: string) => codeOf(world().store.hide({ bucket, key, ifMatch }));
    expect(await hide('k', '00000000000000000000000000000000')).toBe('precondition-failed');
    expect(await hide('never', '00000000000000000000000000000000')).toBe('precondition-failed');
    expect(await hide('k', '5d41402abc4b2a76b9719d911017c592')).toBe('not refused');
    expect(await hide('k', '5d41402abc4b2a76b9719d911017c592')).toBe('precondition-failed');
  });

  it('keeps the tags of each version by themselves', async () => {
    const bucket = await world().createBucket({ versioned: true });
    const first = await world().put(bucket, 'k', '1', { tags: { v: '1' } });
    await world().put(bucket, 'k', '2', { tags: { v: '2' } });
    await world().store.putTags({ bucket, key: 'k', versionId: first }, { v: 'one' });
    expect(await world().store.getTags({ bucket, key: 'k', versionId: first })).toEqual({ v: 'one' });
    expect(await world().store.getTags({ bucket, key: 'k' })).toEqual({ v: '2' });
  });

  it('reaches the tags of a version below a delete marker', async () => {
    const bucket = await world().createBucket({ versioned: true });
    const versionId = await world().put(bucket, 'k', '1', { tags: { v: '1' } });
    await world().delete(bucket, 'k');
    expect(await world().store.getTags({ bucket, key: 'k', versionId })).toEqual({ v: '1' });
    await world().store.putTags({ bucket, key: 'k', versionId }, { v: 'one' });
    expect(await world().store.getTags({ bucket, key: 'k', versionId })).toEqual({ v: 'one' });
    expect(await world().store.head({ bucket, key: 'k', versionId })).toMatchObject({
      object: { tagCount: 1 },
    });
    expect(await codeOf(world().store.getTags({ bucket, key: 'k' }))).toBe('not-found');
  });
}
