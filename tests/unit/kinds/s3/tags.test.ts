import { checksums } from '@holdfast/core/aws/checksums.ts';
import { reindex } from '@holdfast/core/catalog/reindex.ts';
import { KINDS } from '@holdfast/core/kinds/all.ts';
import { s3History } from '@holdfast/core/kinds/s3/history.ts';
import { newestPerObject } from '@holdfast/core/kinds/s3/model/change.ts';
import { parseS3Event } from '@holdfast/core/kinds/s3/model/s3-event.ts';
import { parseTagsRecord, sameTags } from '@holdfast/core/kinds/s3/model/tags-record.ts';
import { aclRecordKey, tagsRecordKey } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { Tags } from '@holdfast/core/model/object.ts';
import { makePlan } from '@holdfast/core/restore/make-plan.ts';
import { verifyVault } from '@holdfast/core/verify/verify-vault.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../../testing/pipeline.ts';

const KEY = 'a';
const COPY = `s3/${SOURCE}/${KEY}`;
const RECORD = tagsRecordKey(SOURCE, KEY);
const BODY = 'the same bytes all along';
const HOUR = 3600;

let pipeline: Pipeline;

/** Ways that tags are kept: a new copy, a record beside one that was copied at once, and beside one copied in parts. */
const WAYS = [
  ['by a new copy', {}],
  ['by a record beside it', { tagCopyMaxBytes: 4 }],
  ['by a record beside one in parts', { multipartThresholdBytes: 8, partBytes: 16 }],
] as const;

function vaultVersions(key = COPY) {
  return pipeline.s3.bucket(VAULT).versions(key);
}

async function tag(tags: Tags): Promise<void> {
  pipeline.s3.tag(SOURCE, KEY, tags);
  await pipeline.drain();
}

async function restored(at: number, jobId: string): Promise<Tags> {
  const target = `holdfast-restore-${jobId}`;
  pipeline.s3.createBucket(target);
  const request = { at: new Date(at).toISOString(), target: sourceUri(target) };
  expect(await pipeline.restore(jobId, request)).toMatchObject({ state: 'done', counts: { restored: 1 } });
  const again = await pipeline.restore(`${jobId}-again`, request);
  expect(again).toMatchObject({ state: 'done', counts: { right: 1 } });
  return pipeline.s3.object(target, KEY).content.tags;
}

describe.each(WAYS)('tags that change after the upload, kept %s', (_way, settings) => {
  beforeEach(async () => {
    pipeline = new Pipeline({ settings, versioned: true });
    await pipeline.protect();
    pipeline.s3.put(SOURCE, KEY, BODY, { tags: { stage: 'raw' } });
    await pipeline.drain();
  });

  it('come back as they were at each moment, also of an object that was deleted since', async () => {
    const moments = [pipeline.now];
    for (const tags of [{ stage: 'done', 'a key': 'ä/ü+=' }, {}, { stage: 'kept' }]) {
      pipeline.pass(HOUR);
      await tag(tags);
      moments.push(pipeline.now);
    }
    pipeline.pass(HOUR);
    pipeline.s3.delete(SOURCE, KEY);
    await pipeline.drain();
    const found = [];
    for (const [n, at] of moments.entries()) found.push(await restored(at, `m${n}`));
    expect(found).toEqual([{ stage: 'raw' }, { stage: 'done', 'a key': 'ä/ü+=' }, {}, { stage: 'kept' }]);
    pipeline.s3.createBucket('holdfast-restore-gone');
    await pipeline.restore('gone', { deletedOnly: true, target: 's3://holdfast-restore-gone' });
    expect(pipeline.s3.object('holdfast-restore-gone', KEY).content.tags).toEqual({ stage: 'kept' });
  });

  it('change nothing of what the vault has: no version is tagged anew', async () => {
    const before = vaultVersions().map(({ versionId, content }) => [versionId, content?.tags]);
    pipeline.s3.requests.resetCounts();
    await tag({ stage: 'done' });
    expect(pipeline.s3.requests.counts()).not.toHaveProperty('putTags');
    const now = vaultVersions().map(({ versionId, content }) => [versionId, content?.tags]);
    expect(now.slice(-before.length)).toEqual(before);
  });

  it('that are what the vault has already, or of an event that comes again, keep nothing more', async () => {
    const bodies = () => pipeline.events.map(({ body }) => body);
    pipeline.s3.tag(SOURCE, KEY, { stage: 'done' });
    const [body = ''] = bodies();
    await pipeline.drain();
    const kept = [vaultVersions().length, vaultVersions(RECORD).length];
    await pipeline.deliverEvents([pipeline.message(body)]);
    await tag({ stage: 'done' });
    await pipeline.reconcile('r1');
    expect([vaultVersions().length, vaultVersions(RECORD).length]).toEqual(kept);
  });

  it('whose event was lost are found by a reconcile that looks deep, and by no other', async () => {
    await pipeline.catalog.patchSource(sourceUri(SOURCE), { tagChanges: true });
    pipeline.pass(HOUR);
    pipeline.s3.tag(SOURCE, KEY, { stage: 'done' });
    pipeline.events.splice(0);
    await pipeline.reconcile('plain');
    await pipeline.reconcile('whole', { vault: true });
    expect(await restored(pipeline.now, 'before')).toEqual({ stage: 'raw' });

    const job = await pipeline.reconcile('deep', { deep: true });
    expect(job).toMatchObject({ state: 'done', counts: { unchanged: 1, tagsCompared: 1, tagged: 1 } });
    expect(job.counts).not.toHaveProperty('alreadyCaptured');
    pipeline.pass(HOUR);
    expect(await restored(pipeline.now, 'after')).toEqual({ stage: 'done' });
    const again = await pipeline.reconcile('again', { deep: true });
    expect(again.counts).toMatchObject({ tagsCompared: 1 });
    expect(again.counts).not.toHaveProperty('tagged');
  });

  it('of another version than the current one are history, and not kept', async () => {
    const [old] = pipeline.s3.bucket(SOURCE).versions(KEY);
    pipeline.s3.put(SOURCE, KEY, 'newer bytes than before', { tags: { of: 'the new one' } });
    await pipeline.drain();
    const kept = [vaultVersions().length, vaultVersions(RECORD).length];
    pipeline.s3.requests.resetCounts();
    pipeline.s3.tag(SOURCE, KEY, { of: 'the old one' }, old?.versionId);
    await pipeline.drain();
    expect([vaultVersions().length, vaultVersions(RECORD).length]).toEqual(kept);
    expect(pipeline.s3.requests.counts()).not.toHaveProperty('getTags');
    expect(await restored(pipeline.now, 'now')).toEqual({ of: 'the new one' });
  });

  it('of the same bytes put anew are kept, though a tagging of the version before made us look', async () => {
    await tag({ of: 'the old one' });
    pipeline.s3.tag(SOURCE, KEY, { of: 'the old one', n: '2' });
    const tagging = pipeline.events.splice(0);
    pipeline.pass(60);
    pipeline.s3.put(SOURCE, KEY, BODY, { tags: { of: 'the new one' } });
    const written = pipeline.events.splice(0);
    await pipeline.deliverEvents(tagging);
    await pipeline.deliverEvents(written);
    await pipeline.drain();
    expect(await restored(pipeline.now, 'now')).toEqual({ of: 'the new one' });
  });

  it('are told apart from an overwriting: with lag, and as no change that could be ransom', async () => {
    const { telemetry } = pipeline;
    const counted = () => [telemetry.values('CapturedObjects'), telemetry.values('ChangedObjects')];
    const before = counted();
    pipeline.s3.tag(SOURCE, KEY, { stage: 'done' });
    pipeline.pass(7);
    await pipeline.drain();
    expect(telemetry.values('Lag').at(-1)).toBe(7000);
    expect(counted()).toEqual(before);
    const source = await pipeline.catalog.getSource(sourceUri(SOURCE));
    expect(source?.totals).toMatchObject({ objects: 1, bytes: BODY.length, captured: 1 });
  });

  it('are found by whatever looks into the vault, when the event of a tagging was lost', async () => {
    pipeline.s3.put(SOURCE, KEY, BODY, { tags: {} });
    const [body = ''] = pipeline.events.map((event) => event.body);
    await pipeline.drain();
    pipeline.s3.tag(SOURCE, KEY, { stage: 'lost' });
    pipeline.events.length = 0;
    // The message of the upload once more, as after a handler that died.
    await pipeline.deliverEvents([{ ...pipeline.message(body), receives: 1 }]);
    expect(await restored(pipeline.now, 'now')).toEqual({ stage: 'lost' });
  });

  it('are kept while the object is thawing or archived, without its bytes', async () => {
    pipeline.s3.transition(SOURCE, KEY, 'GLACIER');
    await tag({ stage: 'cold' });
    expect(await pipeline.entry(KEY)).toMatchObject({ state: 'current' });
    expect(await restored(pipeline.now, 'now')).toEqual({ stage: 'cold' });
  });

  it('need neither the catalog nor trouble the rest of what reads the vault', async () => {
    await tag({ stage: 'done' });
    const entry = await pipeline.entry(KEY);
    const found = await Array.fromAsync(reindex({ dryRun: true }, KINDS, pipeline.world));
    expect(found).toMatchObject([{ source: sourceUri(SOURCE), keys: 1, written: 0, right: 1 }]);
    expect(entry.vaultVersionId).toBe(vaultVersions()[0]?.versionId);
    const request = { source: sourceUri(SOURCE), prefix: '', sample: 'all', seed: 1 } as const;
    const verified = await verifyVault(
      request,
      { checksums, atOnce: 1, pause: async () => {} },
      s3History,
      pipeline.world,
    );
    expect(verified).toMatchObject({ state: 'done', counts: { versions: vaultVersions().length } });
  });

  it.each(['access-denied', 'throttled'] as const)(
    'that cannot be read (%s) are no reason for silence',
    async (code) => {
      const { StoreError } = await import('@holdfast/core/model/errors.ts');
      pipeline.s3.requests.before = (op, [ref]) => {
        if (op === 'getTags' && (ref as { bucket: string }).bucket === SOURCE)
          throw new StoreError(code, 'not now');
      };
      pipeline.s3.tag(SOURCE, KEY, { stage: 'hidden' });
      await pipeline.drain();
      expect(await pipeline.entry(KEY)).toMatchObject({
        state: 'unprotected',
        reason: code === 'throttled' ? 'failed' : code,
      });
    },
  );
});

describe('a record of tags', () => {
  beforeEach(async () => {
    pipeline = new Pipeline({ settings: { tagCopyMaxBytes: 4 } });
    await pipeline.protect();
    pipeline.s3.put(SOURCE, KEY, BODY);
    await pipeline.drain();
  });

  it('explains itself: the key, the copy that it is about, and any name a tag can have', async () => {
    await tag({ __proto__x: '1', constructor: '2', ['__proto__']: '3' });
    const record = parseTagsRecord(pipeline.s3.text(VAULT, RECORD) ?? '');
    expect(record).toMatchObject({ key: KEY, vaultVersionId: vaultVersions()[0]?.versionId });
    expect(Object.entries(record.tags)).toEqual([
      ['__proto__x', '1'],
      ['constructor', '2'],
      ['__proto__', '3'],
    ]);
    expect(Object.entries(await restored(pipeline.now, 'now'))).toHaveLength(3);
  });

  it('is not written for what took the place of the object while its tags were read', async () => {
    let once = true;
    pipeline.s3.requests.before = (op, [ref]) => {
      if (!once || op !== 'getTags' || (ref as { bucket: string }).bucket !== SOURCE) return;
      once = false;
      pipeline.pass(5);
      pipeline.s3.put(SOURCE, KEY, 'other bytes', { tags: { of: 'others' } });
    };
    const at = pipeline.now;
    await tag({ of: 'these' });
    expect(vaultVersions(RECORD)).toHaveLength(0);
    expect(await restored(at, 'then')).toEqual({});
    expect(await restored(pipeline.now, 'now')).toEqual({ of: 'others' });
  });

  it('never comes on top of one that was not seen: who lost looks again', async () => {
    await tag({ n: '1' });
    let once = true;
    pipeline.s3.requests.before = async (op) => {
      if (!once || op !== 'put') return;
      once = false;
      // Somebody else hears of another tagging, and is done with it, before this record is written.
      pipeline.s3.tag(SOURCE, KEY, { n: '3' });
      await pipeline.deliverEvents();
    };
    await tag({ n: '2' });
    expect(parseTagsRecord(pipeline.s3.text(VAULT, RECORD) ?? '').tags).toEqual({ n: '3' });
  });

  it('is hidden with its copy, so that it is kept for as long as that', async () => {
    await tag({ n: '1' });
    pipeline.pass(HOUR);
    pipeline.s3.put(SOURCE, KEY, 'newer, and untagged');
    await pipeline.drain();
    expect(vaultVersions(RECORD).map(({ content }) => content === undefined)).toEqual([true, false]);
    await tag({ n: '2' });
    pipeline.s3.delete(SOURCE, KEY);
    await pipeline.drain();
    expect(vaultVersions(RECORD).map(({ content }) => content === undefined)).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('of an object that has none costs one look when its copy is replaced or deleted', async () => {
    pipeline.s3.put(SOURCE, KEY, 'newer bytes');
    pipeline.s3.requests.resetCounts();
    await pipeline.drain();
    expect(pipeline.s3.requests.counts()).toEqual({ head: 2, copy: 1 });
    pipeline.s3.put(SOURCE, 'b', 'tiny');
    await pipeline.drain();
    pipeline.s3.put(SOURCE, 'b', 'Tiny');
    pipeline.s3.requests.resetCounts();
    await pipeline.drain();
    expect(pipeline.s3.requests.counts()).toEqual({ head: 1, copy: 1 });
  });

  it('is asked for by the plan of a restore, too', async () => {
    await tag({ n: '1' });
    await pipeline.restore('first');
    // The same bytes in two parts: only a look tells that they are right.
    const [{ content } = { content: undefined }] = pipeline.s3.bucket(TARGET).versions(KEY);
    pipeline.s3.uploadMultipart(TARGET, KEY, [BODY.slice(0, 4), BODY.slice(4)], {
      tags: content?.tags ?? {},
    });
    const request = (await pipeline.job('first')).request as Parameters<typeof makePlan>[0];
    expect(await makePlan(request, pipeline.world)).toMatchObject({ right: { objects: 1 } });
    pipeline.s3.tag(TARGET, KEY, { n: '2' });
    expect(await makePlan(request, pipeline.world)).toMatchObject({
      right: { objects: 0 },
      conflicts: { objects: 1 },
    });
  });

  it('that somebody spoiled is said, and nothing is restored with guessed tags', async () => {
    await tag({ n: '1' });
    const own = pipeline.s3.text(VAULT, RECORD) ?? '';
    for (const [n, theirs] of ['no record', own.replace('"key":"a"', '"key":"b"')].entries()) {
      pipeline.s3.put(VAULT, RECORD, theirs);
      const job = await pipeline.restore(`spoiled-${n}`);
      expect(job).toMatchObject({ state: 'partial', counts: { failed: 1 } });
    }
  });
});

describe('a new copy for other tags', () => {
  it('of an unusual object is made again, when its tags changed while they were copied', async () => {
    pipeline = new Pipeline();
    await pipeline.protect();
    pipeline.s3.put(SOURCE, KEY, BODY, { storageClass: 'STANDARD_IA', tags: { n: '0' } });
    await pipeline.drain();
    let once = true;
    pipeline.s3.requests.before = (op) => {
      if (!once || op !== 'copy') return;
      once = false;
      pipeline.s3.tag(SOURCE, KEY, { n: '2' });
      pipeline.events.length = 0;
    };
    await tag({ n: '1' });
    expect(await restored(pipeline.now, 'now')).toEqual({ n: '2' });
  });

  it('is not made of what was overwritten in between: that is what is captured', async () => {
    pipeline = new Pipeline({ versioned: true });
    await pipeline.protect();
    pipeline.s3.put(SOURCE, KEY, BODY);
    await pipeline.drain();
    pipeline.s3.tag(SOURCE, KEY, { n: '1' });
    pipeline.pass(2);
    pipeline.s3.put(SOURCE, KEY, 'other bytes');
    const tagging = pipeline.events.splice(0, 1);
    await pipeline.deliverEvents(tagging);
    expect(await pipeline.vaultHistory(KEY)).toEqual(['other bytes', BODY]);
    await pipeline.drain();
    expect(await pipeline.vaultHistory(KEY)).toEqual(['other bytes', BODY]);
  });

  it('at a moment in the midst of a large copy waits for its end, and begins no other', async () => {
    pipeline = new Pipeline({ settings: { multipartThresholdBytes: 8, partBytes: 16 } });
    await pipeline.protect();
    pipeline.s3.put(SOURCE, KEY, BODY);
    await pipeline.deliverEvents();
    pipeline.s3.tag(SOURCE, KEY, { n: '1' });
    await pipeline.deliverEvents();
    await pipeline.drain();
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(1);
    expect(vaultVersions()).toHaveLength(1);
    expect(await restored(pipeline.now, 'now')).toEqual({ n: '1' });
  });
});

it('a tagging finds the metadata of a write of the same bytes whose event passed for the first one’s double', async () => {
  pipeline = new Pipeline({ constantSequencer: true, settings: { tagCopyMaxBytes: 4 } });
  await pipeline.protect();
  pipeline.s3.put(SOURCE, KEY, BODY, { metadata: { n: '1' } });
  await pipeline.drain();
  pipeline.s3.put(SOURCE, KEY, BODY, { metadata: { n: '2' } });
  pipeline.events.length = 0;
  await tag({ n: '2' });
  expect(vaultVersions()[0]?.content).toMatchObject({ metadata: { n: '2' } });
  expect(await restored(pipeline.now, 'now')).toEqual({ n: '2' });
});

describe('events of taggings', () => {
  const event = (type: string, object: Record<string, unknown>) =>
    parseS3Event(
      JSON.stringify({
        source: 'aws.s3',
        'detail-type': type,
        time: '2026-03-01T12:00:00Z',
        detail: { bucket: { name: SOURCE }, object: { key: KEY, ...object } },
      }),
    );
  const added = (versionId?: string) =>
    event('Object Tags Added', {
      etag: 'e',
      ...(versionId === undefined ? {} : { 'version-id': versionId }),
    });

  it('overrule nothing that was told of the same object, whichever came first', () => {
    const created = event('Object Created', { etag: 'e', size: 1, 'version-id': 'v2', sequencer: '0A' });
    for (const order of [
      [...created, ...added('v1')],
      [...added('v1'), ...created],
    ])
      expect(newestPerObject(order)).toEqual([{ ...created[0], tags: true }]);
  });

  it('of two versions name none: whichever is current is looked at', () => {
    const [merged] = newestPerObject([...added('v1'), ...added('v2')]);
    expect(merged).toMatchObject({ kind: 'seen', tags: true });
    expect(merged).not.toHaveProperty('versionId');
    expect(newestPerObject([...added('v1'), ...added('v1')])).toMatchObject([{ versionId: 'v1' }]);
  });
});

it('tags are the same in any order, and by their own names alone', () => {
  expect(sameTags({ a: '1', b: '2' }, { b: '2', a: '1' })).toBe(true);
  expect(sameTags({ a: '1' }, { a: '2' })).toBe(false);
  expect(sameTags({ a: '1' }, { b: '1' })).toBe(false);
  expect(sameTags({ a: '1' }, { a: '1', b: '2' })).toBe(false);
  expect(sameTags({ ['__proto__']: '1' }, { a: '1' })).toBe(false);
});

describe('a reconcile that looks deep', () => {
  const DEEP = { deep: true };

  it('asks two HEADs of each object, and one GET of tags of each side that has some', async () => {
    pipeline = new Pipeline();
    await pipeline.protect({ tagChanges: true });
    for (let n = 0; n < 10; n++) pipeline.s3.put(SOURCE, `plain-${n}`, BODY);
    for (let n = 0; n < 10; n++) pipeline.s3.put(SOURCE, `tagged-${n}`, BODY, { tags: { n: `${n}` } });
    await pipeline.drain();
    await pipeline.reconcile('first');
    pipeline.s3.requests.resetCounts();
    pipeline.catalog.requests.resetCounts();
    expect(await pipeline.reconcile('deep', DEEP)).toMatchObject({ counts: { tagsCompared: 20 } });
    const { head, getTags, get = 0, copy = 0 } = pipeline.s3.requests.counts();
    expect({ head, getTags, get, copy }).toEqual({ head: 40, getTags: 20, get: 0, copy: 0 });
    expect(pipeline.catalog.requests.counts()).toMatchObject({ getEntry: 20 });
    expect(pipeline.catalog.requests.counts()).not.toHaveProperty('putEntry');
  });

  it('captures what changed besides as ever, and in whatever steps', async () => {
    pipeline = new Pipeline({ settings: { keysPerStep: 2 } });
    await pipeline.protect({ tagChanges: true });
    for (const key of ['a', 'b', 'c', 'd', 'e']) pipeline.s3.put(SOURCE, key, BODY);
    await pipeline.drain();
    pipeline.s3.put(SOURCE, 'a', 'newer', { tags: { n: '1' } });
    pipeline.s3.delete(SOURCE, 'b');
    pipeline.s3.tag(SOURCE, 'c', { n: '1' });
    pipeline.events.splice(0);
    pipeline.queue.requests.before = (_, [queue, bodies]) => {
      const isItsBatch = (bodies as string[]).some((body) => body.includes('"key":"d"'));
      if (queue !== 'backlog' || !isItsBatch) return;
      pipeline.queue.requests.before = undefined;
      // After it was listed.
      pipeline.s3.put(SOURCE, 'd', 'newest');
      pipeline.events.splice(0);
    };
    const job = await pipeline.reconcile('deep', DEEP);
    expect(job).toMatchObject({
      state: 'done',
      counts: { captured: 2, deleted: 1, tagsCompared: 2, tagged: 1, objects: 4 },
      request: DEEP,
    });
    expect((await pipeline.row()).totals).toMatchObject({ objects: 4, unprotected: 0 });
  });

  it('of a source whose changes of tags are not captured looks at no tags', async () => {
    pipeline = new Pipeline();
    await pipeline.protect({ tagChanges: false });
    await pipeline.capture({ a: BODY });
    pipeline.s3.tag(SOURCE, 'a', { n: '1' });
    pipeline.events.splice(0);
    expect((await pipeline.reconcile('deep', DEEP)).counts).not.toHaveProperty('tagsCompared');
  });

  it('reads ACLs, too, where those are remembered', async () => {
    pipeline = new Pipeline();
    pipeline.s3.bucket(SOURCE).ownership = 'ObjectWriter';
    await pipeline.protect({ tagChanges: false, acls: { since: pipeline.now } });
    await pipeline.capture({ a: BODY });
    await pipeline.reconcile('first');
    const PUBLIC = [{ to: 'http://acs.amazonaws.com/groups/global/AllUsers', may: 'READ' }] as const;
    pipeline.s3.grant(SOURCE, 'a', PUBLIC);
    pipeline.events.splice(0);
    expect((await pipeline.reconcile('plain')).counts).not.toHaveProperty('acls');
    expect((await pipeline.reconcile('deep', DEEP)).counts).toMatchObject({ acls: 1 });
    expect(pipeline.s3.text(VAULT, aclRecordKey(SOURCE, 'a'))).toContain('AllUsers');
  });
});
