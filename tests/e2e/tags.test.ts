import { DisableRuleCommand } from '@aws-sdk/client-eventbridge';
import { DeleteObjectCommand, DeleteObjectTaggingCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { tagsRecordKey } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { captureRuleName } from '@holdfast/core/model/stack-names.ts';
import { TAG_COPY_MAX_BYTES } from '@holdfast/core/model/tag-bound.ts';
import { expect, it } from 'vitest';
import {
  entryWith,
  eventBridge,
  givenBucket,
  givenProtectedBucket,
  holdfast,
  nextSecond,
  put,
  s3,
  settled,
  stack,
  store,
  vault,
} from './support/cloud.ts';
import { runCli } from './support/run-cli.ts';

const KEYS = ['small', 'large', 'k'.repeat(1020)] as const;
const LARGE = Buffer.alloc(TAG_COPY_MAX_BYTES + 1, 'x');

it('gives the tags that were there at each moment, by new copies and by records beside large ones', async () => {
  const source = await givenProtectedBucket('tags');
  for (const key of KEYS) {
    await put(source, key, key === 'large' ? LARGE : 'bytes', { Tagging: 'stage=raw' });
    await entryWith(source, key, ({ state }) => state === 'current');
  }
  const moments = [await nextSecond()];
  for (const stage of ['done', undefined]) {
    for (const Key of KEYS) await tag({ Bucket: source, Key }, stage);
    await settled(source);
    moments.push(await nextSecond());
  }

  for (const [n, stage] of ['raw', 'done', undefined].entries()) {
    const target = await givenBucket('holdfast-restore');
    const command = ['restore', `s3://${source}`, '--to', `s3://${target}`, '--at', moments[n] ?? ''];
    const counted = (counts: object) => ({ result: { job: { state: 'done', counts } } });
    expect(await holdfast(...command, '--wait')).toMatchObject(counted({ restored: KEYS.length }));
    const tags = stage === undefined ? {} : { stage };
    for (const key of KEYS) expect(await store.getTags({ bucket: target, key })).toEqual(tags);
    expect(await holdfast(...command, '--wait')).toMatchObject(counted({ right: KEYS.length }));
  }
  const versionsOf = async (prefix: string) => (await store.listVersions({ bucket: vault, prefix })).versions;
  expect(await versionsOf(`s3/${source}/large`)).toHaveLength(1);
  expect(await versionsOf(tagsRecordKey(source, 'large'))).toHaveLength(2);
  expect(await versionsOf(`s3/${source}/small`)).toHaveLength(3);
  expect(await holdfast('verify', `s3://${source}`, '--all')).toMatchObject({ state: 'done' });
  expect(await holdfast('reindex', '--dry-run')).toMatchObject({
    sources: expect.arrayContaining([expect.objectContaining({ source: `s3://${source}`, written: 0 })]),
  });
});

it('finds a record of tags that somebody hid, and tags of which no event told', async () => {
  const source = await givenProtectedBucket('untold');
  const uri = `s3://${source}`;
  for (const key of ['small', 'large']) {
    await put(source, key, key === 'large' ? LARGE : 'bytes', { Tagging: 'stage=raw' });
    await entryWith(source, key, ({ state }) => state === 'current');
  }
  const before = await nextSecond();
  await tag({ Bucket: source, Key: 'large' }, 'done');
  await settled(source);
  const Key = tagsRecordKey(source, 'large');
  const onTop = async () =>
    (await store.listVersions({ bucket: vault, prefix: Key, limit: 1 })).versions[0]?.deleteMarker;
  expect(await onTop()).toBe(false);

  await s3.send(new DeleteObjectCommand({ Bucket: vault, Key }));
  const found = await runCli(['verify', uri]);
  expect(found.code, found.stdout).toBe(3);
  expect(found.stdout).toMatch(
    /^hidden {2}large {2}version \S+: it is a delete marker on the record of its tags,/m,
  );
  const mended = await holdfast('reconcile', uri, '--vault', '--wait');
  expect(mended).toMatchObject({ result: { job: { state: 'done', counts: { records: 1, mended: 1 } } } });
  expect(await onTop()).toBe(false);
  expect(await holdfast('verify', uri)).toMatchObject({ state: 'done', problems: [] });

  await eventBridge.send(new DisableRuleCommand({ Name: captureRuleName(stack, source) }));
  for (const key of ['small', 'large']) await tag({ Bucket: source, Key: key }, 'untold');
  const deep = await holdfast('reconcile', uri, '--deep', '--wait');
  expect(deep).toMatchObject({ result: { job: { state: 'done', counts: { tagsCompared: 2, tagged: 2 } } } });
  const told = await runCli(['diff', uri, before, '--tags']);
  expect(told.stdout).toMatch(/^# .* large {2}stage: raw -> untold\n# .* small {2}stage: raw -> untold\n/);
  expect((await runCli(['versions', `${uri}/small`])).stdout).toContain('same bytes, other tags');
});

async function tag(object: { Bucket: string; Key: string }, stage: string | undefined): Promise<void> {
  if (stage === undefined) {
    await s3.send(new DeleteObjectTaggingCommand(object));
    return;
  }
  const TagSet = [{ Key: 'stage', Value: stage }];
  await s3.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet } }));
}
