import {
  DeletePublicAccessBlockCommand,
  PutBucketOwnershipControlsCommand,
  PutObjectAclCommand,
} from '@aws-sdk/client-s3';
import { aclRecordKey } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { GROUPS, type Ownership } from '@holdfast/core/model/acl.ts';
import { expect, it } from 'vitest';
import {
  entryWith,
  givenBucket,
  holdfast,
  nextSecond,
  put,
  s3,
  settled,
  store,
  textOf,
  tryHoldfast,
  vault,
} from './support/cloud.ts';

const KEYS = ['small', 'k'.repeat(1020)] as const;
const [EVERYBODY] = GROUPS;

it('gives the ACLs that were there at each moment to a bucket that takes them, and to no other', async () => {
  const source = await givenBucket('acls', { versioned: true });
  await own(source, 'ObjectWriter');
  const protectedAs = await holdfast('protect', `s3://${source}`, '--acls', '--no-initial');
  expect(protectedAs).toMatchObject({ acls: 'ObjectWriter' });
  for (const key of KEYS) {
    await put(source, key, 'bytes', { ACL: 'public-read' });
    await entryWith(source, key, ({ state }) => state === 'current');
  }
  await put(source, 'private', 'bytes');
  await settled(source);
  const moments = [await nextSecond()];
  for (const ACL of ['authenticated-read', 'private'] as const) {
    for (const Key of KEYS) await s3.send(new PutObjectAclCommand({ Bucket: source, Key, ACL }));
    await settled(source);
    moments.push(await nextSecond());
  }
  const records = async (key: string) =>
    (await store.listVersions({ bucket: vault, prefix: aclRecordKey(source, key) })).versions.length;
  expect(await Promise.all([...KEYS, 'private'].map(records))).toEqual([3, 3, 0]);

  const counted = (counts: object) => ({ result: { job: { state: 'done', counts } } });
  for (const [n, group] of [EVERYBODY, GROUPS[1], undefined].entries()) {
    const target = await givenBucket('holdfast-restore');
    await own(target, 'BucketOwnerPreferred');
    const command = [
      'restore',
      `s3://${source}`,
      '--to',
      `s3://${target}`,
      '--acls',
      '--at',
      moments[n] ?? '',
    ];
    const plan = { acls: { objects: group === undefined ? 0 : 2, atLeast: false, taken: true } };
    expect(await holdfast(...command, '--dry-run')).toMatchObject({ plan });
    expect(await holdfast(...command, '--wait')).toMatchObject(counted({ restored: 3 }));
    for (const key of [...KEYS, 'private'])
      expect(await groupsOf(target, key)).toEqual(group === undefined || key === 'private' ? [] : [group]);
    expect(await holdfast(...command, '--wait')).toMatchObject(counted({ right: 3 }));
  }

  // New buckets have them switched off.
  const closed = await givenBucket('holdfast-restore');
  const into = ['restore', `s3://${source}`, '--to', `s3://${closed}`, '--at', moments[0] ?? ''];
  expect(await holdfast(...into, '--acls', '--dry-run')).toMatchObject({ plan: { acls: { taken: false } } });
  const { output } = await tryHoldfast(...into, '--acls', '--wait');
  expect(output).toMatchObject(counted({ restored: 3, notes: 2 }));
  expect(await textOf(closed, 'small')).toBe('bytes');
});

it('takes no right to read ACLs that nobody asked for', async () => {
  const source = await givenBucket('no-acls');
  await own(source, 'ObjectWriter');
  expect(await holdfast('protect', `s3://${source}`, '--no-initial')).toMatchObject({ acls: null });
  await put(source, 'a', 'bytes', { ACL: 'public-read' });
  await entryWith(source, 'a', ({ state }) => state === 'current');
  await settled(source);
  expect((await store.head({ bucket: vault, key: aclRecordKey(source, 'a') })).found).toBe(false);
  expect(await holdfast('protect', `s3://${source}`, '--acls', '--wait')).toMatchObject({
    result: { job: { state: 'done', counts: { acls: 1 } } },
  });
  expect((await store.head({ bucket: vault, key: aclRecordKey(source, 'a') })).found).toBe(true);
});

/** Has a bucket take ACLs, public ones too. */
async function own(Bucket: string, ObjectOwnership: Ownership): Promise<void> {
  const OwnershipControls = { Rules: [{ ObjectOwnership }] };
  await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
}

/** The groups that an object is open to. */
async function groupsOf(bucket: string, key: string): Promise<string[]> {
  const { owner, grants } = await store.getAcl({ bucket, key });
  return grants.flatMap(({ to }) => (to === owner ? [] : [to]));
}
