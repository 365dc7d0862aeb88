import { expect, it } from 'vitest';
import { codeOf } from './code-of.ts';
import type { StoreSuite } from './object-store-world.ts';

export function describeThawing({ world }: StoreSuite): void {
  async function frozen(storageClass: 'GLACIER' | 'DEEP_ARCHIVE' = 'GLACIER') {
    const bucket = await world().createBucket({ versioned: true });
    const versionId = await world().put(bucket, 'k', 'cold', { storageClass });
    return { bucket, key: 'k', versionId };
  }

  async function factsOf(ref: { bucket: string; key: string; versionId: string }) {
    const head = await world().store.head(ref);
    if (!head.found) throw new Error(head.why);
    return head.object;
  }

  it.each(['GLACIER', 'DEEP_ARCHIVE'] as const)(
    'asks for an object in %s, which can be read then',
    async (archive) => {
      const ref = await frozen(archive);
      const { store } = world();
      expect(await factsOf(ref)).toMatchObject({ archived: true, archive });
      expect(await factsOf(ref)).not.toHaveProperty('thaw');
      expect(await store.thaw(ref, { tier: 'standard', days: 2 })).toBe('asked');
      expect(await factsOf(ref)).toMatchObject({ archived: true, archive, thaw: { state: 'thawing' } });
      await world().untilThawed(ref);
      const { archived, thaw } = await factsOf(ref);
      expect([archived, thaw?.state]).toEqual([false, 'thawed']);
      await store.copy({ from: ref, to: { bucket: ref.bucket, key: 'copy' } });
      expect(await store.get({ bucket: ref.bucket, key: 'copy' })).toBe('cold');
      // A copy is no part of the archive.
      expect(await store.head({ bucket: ref.bucket, key: 'copy' })).toMatchObject({
        object: { archived: false },
      });
    },
  );

  it('says what is on its way, and what can be read already', async () => {
    const ref = await frozen();
    const { store } = world();
    expect(await store.thaw(ref, { tier: 'bulk', days: 7 })).toBe('asked');
    expect(await store.thaw(ref, { tier: 'bulk', days: 7 })).toBe('thawing');
    await world().untilThawed(ref);
    expect(await store.thaw(ref, { tier: 'bulk', days: 7 })).toBe('thawed');
  });

  it('refuses to thaw what can be read, and what is not there', async () => {
    const bucket = await world().createBucket({ versioned: true });
    await world().put(bucket, 'warm', 'w');
    await world().put(bucket, 'instant', 'i', { storageClass: 'GLACIER_IR' });
    const ask = (key: string) => codeOf(world().store.thaw({ bucket, key }, { tier: 'bulk', days: 1 }));
    expect([await ask('warm'), await ask('instant')]).toEqual(['not-archived', 'not-archived']);
    expect(await ask('never')).toBe('not-found');
  });
}
