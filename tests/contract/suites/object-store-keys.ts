import { compareKeys } from '@holdfast/core/model/byte-order.ts';
import { beforeAll, expect, it } from 'vitest';
import { AWKWARD_KEYS } from '../../support/awkward-keys.ts';
import type { StoreSuite } from './object-store-world.ts';

const SORTED = [...AWKWARD_KEYS].sort(compareKeys);
/** An XML parser makes a line feed of it when it is not encoded. */
const CARRIAGE_RETURN = '\r';

/** Keys that have broken other tools go through every request as they are. */
export function describeKeys({ world, can }: StoreSuite): void {
  let source: string;
  let target: string;

  beforeAll(async () => {
    source = await world().createBucket({ versioned: true });
    target = await world().createBucket({ versioned: true });
    for (const key of AWKWARD_KEYS) await world().put(source, key, `body of ${key}`);
  });

  it('lists them in the order of their bytes', async () => {
    const { objects } = await world().store.list({ bucket: source });
    expect(objects.map(({ key }) => key)).toEqual(SORTED);
  });

  it('lists what comes after each of them, and no other', async () => {
    const { store } = world();
    const heads = await Promise.all(SORTED.map((after) => store.list({ bucket: source, after, limit: 1 })));
    expect(heads.map(({ objects }) => objects[0]?.key)).toEqual([...SORTED.slice(1), undefined]);
  });

  it('finds each by itself as a prefix', async () => {
    const { store } = world();
    const firsts = await Promise.all(AWKWARD_KEYS.map((prefix) => store.list({ bucket: source, prefix })));
    expect(firsts.map(({ objects }) => objects[0]?.key)).toEqual(AWKWARD_KEYS);
  });

  it('lists their versions in the same order', async () => {
    const { versions } = await world().store.listVersions({ bucket: source });
    const expected = can.encodedVersionListing
      ? SORTED
      : SORTED.filter((key) => !key.includes(CARRIAGE_RETURN));
    const seen = versions.map(({ key }) => key).filter((key) => expected.includes(key));
    expect(seen).toEqual(expected);
  });

  it('reads, copies, tags and hides each', async () => {
    const { store } = world();
    for (const key of AWKWARD_KEYS) {
      await store.copy({ from: { bucket: source, key }, to: { bucket: target, key } });
      await store.putTags({ bucket: target, key }, { of: 'a copy' });
      expect(await store.get({ bucket: target, key })).toBe(`body of ${key}`);
      expect(await store.getTags({ bucket: target, key })).toEqual({ of: 'a copy' });
      await store.hide({ bucket: target, key });
      expect(await store.head({ bucket: target, key })).toEqual({ found: false, why: 'absent' });
      expect(await store.head({ bucket: source, key })).toMatchObject({ found: true });
    }
  });

  it('copies a version of each', async () => {
    const { store } = world();
    for (const key of AWKWARD_KEYS) {
      const { versionId } = await store.put({ bucket: target, key }, 'first', 'text/plain');
      await store.put({ bucket: target, key }, 'second', 'text/plain');
      const from = { bucket: target, key, ...(versionId === undefined ? {} : { versionId }) };
      await store.copy({ from, to: { bucket: target, key } });
      expect(await store.get({ bucket: target, key })).toBe('first');
    }
  });
}
