import type { Grants } from '@holdfast/core/model/acl.ts';
import { expect, it } from 'vitest';
import { codeOf } from './code-of.ts';
import type { StoreSuite } from './object-store-world.ts';

const FRIEND = 'f'.repeat(64);
const PUBLIC = { to: 'http://acs.amazonaws.com/groups/global/AllUsers', may: 'READ' } as const;

export function describeAcls({ world }: StoreSuite): void {
  const takingBucket = (versioned = false) => world().createBucket({ versioned, ownership: 'ObjectWriter' });
  const aclOf = async (bucket: string, key: string, versionId?: string) => {
    const ref = versionId === undefined ? { bucket, key } : { bucket, key, versionId };
    return world().store.getAcl(ref);
  };
  const sorted = (grants: Grants) => grants.map(({ to, may }) => `${may} ${to}`).sort();

  it('tells what a bucket does with ACLs', async () => {
    const { store } = world();
    expect(await store.ownership(await world().createBucket({ versioned: false }))).toBe(
      'BucketOwnerEnforced',
    );
    for (const ownership of ['ObjectWriter', 'BucketOwnerPreferred'] as const) {
      const bucket = await world().createBucket({ versioned: false, ownership });
      expect(await store.ownership(bucket)).toBe(ownership);
    }
    expect(await codeOf(store.ownership('holdfast-no-such-bucket'))).toBe('no-such-bucket');
  });

  it('gives everything to the owner, unless told otherwise, and wherever ACLs are switched off', async () => {
    const bucket = await takingBucket();
    await world().put(bucket, 'k', 'x');
    const { owner, grants } = await aclOf(bucket, 'k');
    expect(grants).toEqual([{ to: owner, may: 'FULL_CONTROL' }]);
    const off = await world().createBucket({ versioned: false });
    await world().put(off, 'k', 'x');
    expect(await aclOf(off, 'k')).toEqual({ owner, grants });
  });

  it('reads the ACL of each version', async () => {
    const bucket = await takingBucket(true);
    const first = await world().put(bucket, 'k', 'one', { grants: [PUBLIC] });
    const second = await world().put(bucket, 'k', 'two');
    await world().grant({ bucket, key: 'k', versionId: second }, [{ to: FRIEND, may: 'READ_ACP' }]);
    expect((await aclOf(bucket, 'k', first)).grants).toEqual([PUBLIC]);
    expect((await aclOf(bucket, 'k')).grants).toEqual([{ to: FRIEND, may: 'READ_ACP' }]);
    expect(await codeOf(aclOf(bucket, 'none'))).toBe('not-found');
  });

  it('writes an ACL with a copy, at once and in parts, and none that the source has', async () => {
    const bucket = await takingBucket();
    const { store } = world();
    await world().put(bucket, 'k', 'bytes', { grants: [PUBLIC] });
    const from = { bucket, key: 'k' };
    await store.copy({ from, to: { bucket, key: 'plain' } });
    const { owner, grants: plain } = await aclOf(bucket, 'plain');
    const own = { to: owner, may: 'FULL_CONTROL' } as const;
    expect(plain).toEqual([own]);
    const grants = [own, PUBLIC, { to: FRIEND, may: 'READ' }, { to: FRIEND, may: 'WRITE_ACP' }] as const;
    await store.copy({ from, to: { bucket, key: 'granted' }, grants });
    expect(sorted((await aclOf(bucket, 'granted')).grants)).toEqual(sorted(grants));

    const to = { bucket, key: 'parts' };
    const upload = await store.beginMultipart({ to, headers: {}, metadata: {}, tags: {}, grants });
    const head = await store.head(from);
    const ifMatch = head.found ? head.object.etag : '';
    const part = await store.copyPart(upload, { number: 1, from: { ...from, ifMatch }, first: 0, last: 4 });
    await store.completeMultipart(upload, [part]);
    expect(sorted((await aclOf(bucket, 'parts')).grants)).toEqual(sorted(grants));
  });

  it('refuses an ACL where they are switched off, and writes nothing', async () => {
    const bucket = await world().createBucket({ versioned: false });
    const { store } = world();
    await world().put(bucket, 'k', 'x');
    const to = { bucket, key: 'copy' };
    expect(await codeOf(store.copy({ from: { bucket, key: 'k' }, to, grants: [PUBLIC] }))).toBe('invalid');
    const start = { to, headers: {}, metadata: {}, tags: {}, grants: [PUBLIC] };
    expect(await codeOf(store.beginMultipart(start))).toBe('invalid');
    expect((await store.head(to)).found).toBe(false);
  });
}
