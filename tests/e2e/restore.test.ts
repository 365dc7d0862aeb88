import { GetBucketVersioningCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import {
  entryWith,
  finishedJob,
  givenBucket,
  givenProtectedBucket,
  holdfast,
  nextSecond,
  put,
  remove,
  s3,
  send,
  settled,
  store,
  textOf,
  tryHoldfast,
  vault,
} from './support/cloud.ts';

async function textsOf(bucket: string): Promise<Record<string, string>> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  const pairs = Contents.map(async ({ Key = '' }) => [Key, await textOf(bucket, Key)] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

async function putAll(bucket: string, objects: Record<string, string>): Promise<void> {
  for (const [key, body] of Object.entries(objects)) await put(bucket, key, body);
  await settled(bucket);
}

type Planned = { readonly plan: Record<string, { objects: number; bytes: number }> & { requests: number } };
type Restored = { readonly result: { readonly job: { readonly counts: Record<string, number> } } };

describe('a restore on the real template', () => {
  it('puts a bucket back in place, exactly: spoiled, deleted and foreign objects', async () => {
    const source = await givenProtectedBucket('in-place', { versioned: true });
    const good = { 'docs/a': 'good a', 'docs/b': 'good b', 'docs/c': 'good c', other: 'good' };
    await putAll(source, good);
    const moment = await nextSecond();
    await putAll(source, {
      'docs/a': 'ransom',
      'docs/b': 'ransom',
      'docs/README_RANSOM': 'pay',
      other: 'new',
    });
    await remove(source, 'docs/c');
    await entryWith(source, 'docs/c', ({ state }) => state === 'deleted');

    const back = ['restore', `s3://${source}/docs/`, '--to', `s3://${source}`, '--at', moment];
    const refused = await tryHoldfast(...back, '--overwrite', '--wait');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    const { plan } = (await holdfast(...back, '--overwrite', '--exact', '--dry-run')) as Planned;
    expect(plan).toMatchObject({
      selected: { objects: 3 },
      fresh: { objects: 1 },
      overwritten: { objects: 2, examples: ['docs/a', 'docs/b'] },
      extras: { objects: 1, examples: ['docs/README_RANSOM'] },
    });

    await holdfast(...back, '--overwrite', '--exact', '--verify', '--yes', '--wait');
    expect(await textsOf(source)).toEqual({ ...good, other: 'new' });
    await settled(source);
    // What was put back is backed up as any other change is.
    const entry = await entryWith(source, 'docs/a', ({ etag }) => etag !== undefined);
    expect(entry.state).toBe('current');
    const again = (await holdfast(...back, '--overwrite', '--exact', '--yes', '--wait')) as Restored;
    expect(again.result.job.counts).toMatchObject({ right: 3, extras: 0 });
  });

  it('brings back what was deleted, what changed, and one version, under other names', async () => {
    const source = await givenProtectedBucket('selected');
    await putAll(source, { 'old/a': '1', 'old/b': '2', 'old/c': '3' });
    const before = await nextSecond();
    await putAll(source, { 'old/b': 'changed' });
    await remove(source, 'old/c');
    await entryWith(source, 'old/c', ({ state }) => state === 'deleted');
    const target = await givenBucket('holdfast-restore');
    const to = (prefix: string) => ['--to', `s3://${target}/${prefix}`, '--wait'];

    await holdfast(
      'restore',
      `s3://${source}`,
      ...to('deleted/'),
      '--deleted-only',
      '--changed-since',
      before,
    );
    await holdfast('restore', `s3://${source}`, ...to('changed/'), '--changed-since', before);
    await holdfast('restore', `s3://${source}`, ...to('mapped/'), '--map', 'old/=new/');
    const strip = ['--strip-prefix', 'old/', '--at', before];
    await holdfast('restore', `s3://${source}/old/`, ...to('stripped/'), ...strip);
    const { versions } = await store.listVersions({ bucket: vault, prefix: `s3/${source}/old/b` });
    const first = versions.at(-1)?.versionId ?? '';
    await holdfast('restore', `s3://${source}/old/b`, ...to('version/'), '--at', first);

    expect(await textsOf(target)).toEqual({
      'deleted/old/c': '3',
      'changed/old/b': 'changed',
      'mapped/new/a': '1',
      'mapped/new/b': 'changed',
      'stripped/a': '1',
      'stripped/b': '2',
      'stripped/c': '3',
      'version/old/b': '2',
    });
  });

  it('makes the bucket that it restores into, as the source is set up', async () => {
    const source = await givenProtectedBucket('new-bucket', { versioned: true });
    await putAll(source, { a: 'one' });
    const name = `holdfast-restore-made-${source}`.slice(0, 63).replace(/-$/, '');
    await holdfast('restore', `s3://${source}`, '--to-new', `s3://${name}`, '--verify', '--wait');
    expect(await textsOf(name)).toEqual({ a: 'one' });
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket: name }))).Status).toBe('Enabled');
    const again = await tryHoldfast('restore', `s3://${source}`, '--to-new', `s3://${name}`);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') });
  });

  it('leaves alone what is newer, when told to overwrite what is older', async () => {
    const source = await givenProtectedBucket('older');
    const target = await givenBucket('holdfast-restore');
    await put(target, 'stale', 'before');
    await nextSecond();
    await putAll(source, { stale: 'copy', fresh: 'copy' });
    await nextSecond();
    await put(target, 'fresh', 'after');
    const to = ['--to', `s3://${target}`, '--overwrite', 'older', '--yes', '--wait'];
    expect((await tryHoldfast('restore', `s3://${source}`, ...to)).code).toBe(3);
    expect(await textsOf(target)).toEqual({ stale: 'copy', fresh: 'after' });
  });

  it('by message deletes no more than it may', async () => {
    const source = await givenProtectedBucket('message');
    const target = await givenBucket('holdfast-restore');
    await putAll(source, { a: 'one' });
    for (const key of ['x', 'y', 'z']) await put(target, key, 'foreign');
    const request = { source: `s3://${source}`, target: `s3://${target}`, exact: true };
    await send('restore', { ...request, maxDeletions: 2, jobId: `held-${source}` });
    const held = await finishedJob(`held-${source}`);
    expect(held).toMatchObject({ state: 'partial', counts: { restored: 1, extras: 3, held: 3 } });
    expect(Object.keys(await textsOf(target))).toEqual(['a', 'x', 'y', 'z']);
    await send('restore', { ...request, maxDeletions: 3, jobId: `done-${source}` });
    expect((await finishedJob(`done-${source}`)).counts).toMatchObject({ right: 1, deleted: 3 });
    expect(await textsOf(target)).toEqual({ a: 'one' });
  });

  it('refuses in one line what makes no sense, and writes nothing', async () => {
    const source = await givenProtectedBucket('refused');
    await putAll(source, { a: 'one' });
    const target = await givenBucket('holdfast-restore');
    const to = ['--to', `s3://${target}`];
    const cases: Array<[string[], RegExp]> = [
      [['--to', `s3://${vault}/x`], /is the vault itself/],
      [['--to', 's3://holdfast-restore-never'], /there is no bucket/],
      [[...to, '--at', '2020-01-01'], /before the first backup|2020-01-01/],
      [[...to, '--at', '2100-01-01'], /future/],
      [[...to, '--include', 'nothing/**'], /holds nothing/],
      [[...to, '--include', '[x'], /not a valid glob/],
      [[...to, '--exact', '--deleted-only'], /cannot go with/],
    ];
    const ran = await Promise.all(
      cases.map(([options]) => tryHoldfast('restore', `s3://${source}`, ...options)),
    );
    for (const [index, { code, stderr }] of ran.entries()) {
      expect({ code, stderr: stderr.trim().split('\n').at(-1) }).toEqual({
        code: 2,
        stderr: expect.stringMatching(cases[index]?.[1] ?? /never/),
      });
    }
    expect(await textsOf(target)).toEqual({});
  });
});
