import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { parseAclRecord } from '@holdfast/core/kinds/s3/model/acl-record.ts';
import { aclRecordKey } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import type { Grants } from '@holdfast/core/model/acl.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { parseRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { makePlan } from '@holdfast/core/restore/make-plan.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalId } from '../../../../testing/memory/s3-acls.ts';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../../testing/pipeline.ts';

const KEY = 'a';
const BODY = 'the same bytes all along';
const RECORD = aclRecordKey(SOURCE, KEY);
const HOUR = 3600;
const OWNER = { to: canonicalId('111122223333'), may: 'FULL_CONTROL' } as const;
const PUBLIC: Grants = [OWNER, { to: 'http://acs.amazonaws.com/groups/global/AllUsers', may: 'READ' }];
const FRIEND: Grants = [OWNER, { to: canonicalId('444455556666'), may: 'READ' }];

/** Ways that objects are copied, in and out. */
const WAYS = [
  ['at once', {}],
  ['in parts', { multipartThresholdBytes: 8, partBytes: 16 }],
] as const;

let pipeline: Pipeline;

async function begin(settings = {}, versioned = true): Promise<void> {
  pipeline = new Pipeline({ settings, versioned });
  pipeline.s3.bucket(SOURCE).ownership = 'ObjectWriter';
  pipeline.s3.bucket(TARGET).ownership = 'BucketOwnerPreferred';
  await pipeline.protect({ acls: { since: pipeline.now } });
}

function records(): unknown[] {
  return pipeline.s3
    .bucket(VAULT)
    .versions(RECORD)
    .map(({ content }) => (content === undefined ? 'marker' : parseAclRecord(content.body.toString()).acl));
}

async function put(grants?: Grants, body = BODY): Promise<void> {
  pipeline.s3.put(SOURCE, KEY, body, grants === undefined ? {} : { grants });
  await pipeline.drain();
}

async function grant(grants?: Grants, versionId?: string): Promise<void> {
  pipeline.s3.grant(SOURCE, KEY, grants, versionId);
  await pipeline.drain();
}

function counts(): Readonly<Partial<Record<string, number>>> {
  return pipeline.s3.requests.counts();
}

async function restored(at: number, jobId: string, extra = {}): Promise<Grants | undefined> {
  const target = `holdfast-restore-${jobId}`;
  pipeline.s3.createBucket(target).ownership = 'BucketOwnerPreferred';
  const request = { at: new Date(at).toISOString(), target: sourceUri(target), acls: true, ...extra };
  expect(await pipeline.restore(jobId, request)).toMatchObject({ state: 'done', counts: { restored: 1 } });
  const again = await pipeline.restore(`${jobId}-again`, request);
  expect(again).toMatchObject({ state: 'done', counts: { right: 1 } });
  expect(again.counts['notes'] ?? 0).toBe(0);
  return pipeline.s3.object(target, KEY).content.grants;
}

async function notes(jobId: string): Promise<unknown[]> {
  const problems = await Array.fromAsync(pipeline.catalog.listProblems(jobId));
  return problems.map(({ reason, detail }) => [reason, detail]);
}

describe.each(WAYS)('ACLs of objects that are copied %s', (_way, settings) => {
  beforeEach(() => begin(settings));

  it('come back as they were at each moment, also of an object that was deleted since', async () => {
    await put(PUBLIC);
    const moments = [pipeline.now];
    for (const grants of [FRIEND, undefined, PUBLIC]) {
      pipeline.pass(HOUR);
      await grant(grants);
      moments.push(pipeline.now);
    }
    pipeline.pass(HOUR);
    pipeline.s3.delete(SOURCE, KEY);
    await pipeline.drain();
    expect(records()).toEqual(['marker', PUBLIC, 'default', FRIEND, PUBLIC]);
    const found = [];
    for (const [n, at] of moments.entries()) found.push(await restored(at, `m${n}`));
    expect(found).toEqual([PUBLIC, FRIEND, undefined, PUBLIC]);
    expect(await restored(pipeline.now, 'gone', { deletedOnly: true })).toEqual(PUBLIC);
  });

  it('that are the default one need no record, and one request for each object that is captured', async () => {
    pipeline.s3.requests.resetCounts();
    await put();
    expect(counts()).toMatchObject({ getAcl: 1 });
    expect(records()).toEqual([]);
    expect(await restored(pipeline.now, 'now')).toBeUndefined();
  });

  it('are those of the version that was copied, and not of the one before', async () => {
    await put(PUBLIC);
    pipeline.pass(HOUR);
    const before = pipeline.now;
    pipeline.pass(HOUR);
    await put(undefined, 'other bytes, which nobody else may read');
    expect(records()).toEqual(['marker', PUBLIC]);
    expect(await restored(pipeline.now, 'now')).toBeUndefined();
    expect(await restored(before, 'then')).toEqual(PUBLIC);
  });

  it('are those of the version that was copied, also where both were within a second', async () => {
    await put(PUBLIC);
    await put(undefined, 'other bytes, which nobody else may read');
    expect(await restored(pipeline.now, 'now')).toBeUndefined();
  });

  it('count from when the copy was made, though their record is written after it', async () => {
    pipeline.s3.requests.before = (op) => {
      if (op === 'getAcl') pipeline.pass(5);
    };
    const at = pipeline.now;
    await put(PUBLIC);
    expect(await restored(at, 'then')).toEqual(PUBLIC);
  });

  it('are read again behind a message that comes again', async () => {
    let failures = 2;
    pipeline.s3.requests.before = (op) => {
      if (op === 'getAcl' && failures-- > 0) throw new StoreError('unavailable', 'try again');
    };
    await put(PUBLIC);
    expect(records()).toEqual([PUBLIC]);
    expect(pipeline.dead).toEqual([]);
  });
});

describe('ACLs', () => {
  beforeEach(() => begin());

  it('that an event tells of are kept once, however often and late it comes', async () => {
    await put();
    pipeline.s3.grant(SOURCE, KEY, PUBLIC);
    const [event] = pipeline.events.map(({ body }) => body);
    await pipeline.drain();
    pipeline.s3.requests.resetCounts();
    for (const _ of [1, 2]) await pipeline.deliverEvents([pipeline.message(event ?? '')]);
    expect(counts()).not.toHaveProperty('put');
    await grant(FRIEND);
    await pipeline.deliverEvents([pipeline.message(event ?? '')]);
    expect(records()).toEqual([FRIEND, PUBLIC]);
  });

  it('whose event is lost are seen at the next copy', async () => {
    await put();
    pipeline.s3.grant(SOURCE, KEY, PUBLIC);
    pipeline.events.splice(0);
    expect(records()).toEqual([]);
    pipeline.s3.tag(SOURCE, KEY, { a: '1' });
    await pipeline.drain();
    expect(records()).toEqual([PUBLIC]);
  });

  it('stay with a copy that is made anew for other tags', async () => {
    await put(PUBLIC);
    pipeline.pass(HOUR);
    pipeline.s3.tag(SOURCE, KEY, { a: '1' });
    await pipeline.drain();
    expect(records()).toEqual([PUBLIC, PUBLIC]);
    expect(await restored(pipeline.now, 'now')).toEqual(PUBLIC);
  });

  it('that change together with tags that are kept beside the copy count from then on, and not from the copy', async () => {
    await begin({ tagCopyMaxBytes: 4 });
    await put();
    const before = pipeline.now;
    pipeline.pass(HOUR);
    pipeline.s3.tag(SOURCE, KEY, { a: '1' });
    await grant(PUBLIC);
    expect(records()).toEqual([PUBLIC]);
    expect(await restored(before, 'then')).toBeUndefined();
    expect(await restored(pipeline.now, 'now')).toEqual(PUBLIC);
  });

  it('that go back while they are read are not remembered as they were', async () => {
    await put();
    // Between the reading and the writing of one handler, another does the whole of a later event.
    let isBetween = false;
    pipeline.s3.requests.before = async (op, [ref]) => {
      if (op !== 'put' || isBetween || !JSON.stringify(ref).includes('~acls')) return;
      isBetween = true;
      pipeline.s3.grant(SOURCE, KEY, undefined);
      await pipeline.deliverEvents();
    };
    await grant(PUBLIC);
    expect(records()[0]).toBe('default');
    expect(await restored(pipeline.now, 'now')).toBeUndefined();
  });

  it('of a source that nobody asked them of are not read', async () => {
    pipeline = new Pipeline();
    pipeline.s3.bucket(SOURCE).ownership = 'ObjectWriter';
    await pipeline.protect();
    await put(PUBLIC);
    await grant(FRIEND);
    expect(counts()).not.toHaveProperty('getAcl');
    expect(records()).toEqual([]);
  });

  it('are not read of a bucket that has them switched off, as the hourly check sees it', async () => {
    pipeline.s3.bucket(SOURCE).ownership = 'BucketOwnerEnforced';
    await pipeline.pulse();
    await put();
    expect(counts()).not.toHaveProperty('getAcl');
    pipeline.s3.bucket(SOURCE).ownership = 'ObjectWriter';
    await pipeline.pulse();
    await put(PUBLIC, 'other bytes');
    expect(records()).toEqual([PUBLIC]);
  });

  it('that may not be read are looked at three times, and told of in the reconcile that found the object', async () => {
    pipeline.events.splice(0);
    pipeline.s3.bucket(SOURCE).eventBridge = false;
    pipeline.s3.put(SOURCE, KEY, BODY, { grants: PUBLIC });
    pipeline.s3.put(SOURCE, 'b', BODY, { grants: FRIEND });
    pipeline.s3.bucket(SOURCE).deniedAcls.add(KEY);
    const job = await pipeline.reconcile('r1');
    expect(job).toMatchObject({ state: 'done', counts: { acls: 1, captured: 1, alreadyCaptured: 1 } });
    expect(await notes('r1')).toEqual([['acl-unreadable', expect.stringContaining('could not be read')]]);
    expect(records()).toEqual(['unreadable']);
    expect((await pipeline.entry(KEY)).state).toBe('current');
    await pipeline.restore('j1', { acls: true });
    const unread = [['acl', expect.stringContaining('could not be read at the source')]];
    expect(await notes('j1')).toEqual(unread);
    // What is not known is no reason to write again what is right.
    const again = await pipeline.restore('j2', { acls: true, overwrite: 'always' });
    expect(again).toMatchObject({ counts: { right: 2, notes: 1 } });
    expect(await notes('j2')).toEqual(unread);
  });

  it('of an object without versions that may not be looked at again are read once more', async () => {
    await begin({}, false);
    await put();
    const { s3 } = pipeline;
    s3.requests.after = (op) => {
      if (op === 'getAcl') s3.deny(SOURCE, KEY);
      // Rights that were just given take some seconds to hold.
      if (op === 'head' && s3.bucket(SOURCE).deniedKeys.has(KEY)) {
        s3.allow(SOURCE, KEY);
        s3.requests.after = undefined;
      }
    };
    await grant(PUBLIC);
    expect(records()).toEqual([PUBLIC]);
    expect(pipeline.dead).toEqual([]);
  });

  it('of an object without versions are not taken for those of what was written after it', async () => {
    await begin({}, false);
    let isFirst = true;
    pipeline.s3.requests.before = (op) => {
      if (op !== 'getAcl' || !isFirst) return;
      isFirst = false;
      pipeline.pass(1);
      pipeline.s3.put(SOURCE, KEY, 'other bytes', { grants: PUBLIC });
    };
    await put();
    const [top] = pipeline.s3.bucket(VAULT).versions(`s3/${SOURCE}/${KEY}`);
    const all = pipeline.s3.bucket(VAULT).versions(RECORD);
    expect(all.map(({ content }) => parseAclRecord(content?.body.toString() ?? '').vaultVersionId)).toEqual([
      top?.versionId,
    ]);
  });
});

describe('a restore with ACLs', () => {
  beforeEach(() => begin());

  it('leaves them out unless it is told to, and says so once', async () => {
    await put(PUBLIC);
    await pipeline.restore('j1');
    expect(pipeline.s3.object(TARGET, KEY).content.grants).toBeUndefined();
    expect(counts()).not.toHaveProperty('ownership');
  });

  it('counts what it gave back', async () => {
    await put(PUBLIC);
    pipeline.s3.put(SOURCE, 'b', BODY);
    await pipeline.drain();
    expect(await pipeline.restore('j1', { acls: true })).toMatchObject({ counts: { restored: 2, acls: 1 } });
    expect(pipeline.s3.object(TARGET, KEY).content.grants).toEqual(PUBLIC);
  });

  it('go back although somebody put something else among their records', async () => {
    await put(PUBLIC);
    pipeline.s3.put(VAULT, RECORD.replace(/[0-9a-f]{64}/, 'f'.repeat(64)), 'no record');
    expect(await pipeline.restore('j1', { acls: true })).toMatchObject({
      state: 'done',
      counts: { acls: 1 },
    });
  });

  it('into a bucket that takes none notes each object that had one', async () => {
    await put(PUBLIC);
    pipeline.s3.bucket(TARGET).ownership = 'BucketOwnerEnforced';
    expect(await pipeline.restore('j1', { acls: true })).toMatchObject({ counts: { restored: 1, notes: 1 } });
    expect(await notes('j1')).toEqual([['acl', 'had an ACL of 2 grants; the target bucket takes no ACLs']]);
  });

  it.each([
    ['blocks public ACLs', PUBLIC],
    ['knows a grantee not', FRIEND],
  ])('into a bucket that %s brings the bytes, and notes what it refused', async (_why, grants) => {
    for (const [n, settings] of [{}, { multipartThresholdBytes: 8, partBytes: 16 }].entries()) {
      await begin(settings);
      await put(grants);
      pipeline.s3.bucket(TARGET).blocksPublicAcls = true;
      pipeline.s3.unknownUsers.add(canonicalId('444455556666'));
      const job = await pipeline.restore(`j${n}`, { acls: true });
      expect(job).toMatchObject({ state: 'done', counts: { restored: 1, notes: 1 } });
      expect(await notes(`j${n}`)).toEqual([
        ['acl', expect.stringContaining('had an ACL of 2 grants, which the target refused')],
      ]);
      expect(pipeline.s3.text(TARGET, KEY)).toBe(BODY);
    }
  });

  it('leaves another ACL alone at the target, unless it may overwrite', async () => {
    await put(PUBLIC);
    pipeline.s3.put(TARGET, KEY, BODY, { grants: FRIEND });
    expect(await pipeline.restore('j1', { acls: true })).toMatchObject({ counts: { right: 1, notes: 1 } });
    expect(await notes('j1')).toEqual([
      ['acl', 'has another ACL at the target than it had, which was left alone'],
    ]);
    await pipeline.restore('j2', { acls: true, overwrite: 'always' });
    expect(pipeline.s3.object(TARGET, KEY).content.grants).toEqual(PUBLIC);
  });

  it('says of what was copied when ACLs were not remembered that it does not know', async () => {
    pipeline = new Pipeline({ versioned: true });
    pipeline.s3.bucket(SOURCE).ownership = 'ObjectWriter';
    pipeline.s3.bucket(TARGET).ownership = 'ObjectWriter';
    await pipeline.protect();
    await put(PUBLIC);
    pipeline.pass(HOUR);
    await pipeline.catalog.patchSource(sourceUri(SOURCE), { acls: { since: pipeline.now } });
    pipeline.s3.put(SOURCE, 'b', BODY);
    await pipeline.drain();
    await pipeline.restore('j1', { acls: true });
    expect(await notes('j1')).toEqual([['acl', expect.stringContaining('when ACLs were not remembered')]]);
    const before = pipeline.now;

    pipeline.pass(HOUR);
    pipeline.s3.requests.resetCounts();
    await pipeline.reconcile('r1');
    expect(counts()).toMatchObject({ getAcl: 2 });
    expect(records()).toEqual([PUBLIC]);
    pipeline.s3.requests.resetCounts();
    await pipeline.reconcile('r2');
    expect(counts()).not.toHaveProperty('getAcl');
    expect(await restored(pipeline.now, 'now', { prefix: KEY })).toEqual(PUBLIC);
    await pipeline.restore('j2', { acls: true, at: new Date(before).toISOString(), prefix: KEY });
    expect(await notes('j2')).toEqual([['acl', expect.stringContaining('when ACLs were not remembered')]]);
  });

  it('knows of what was looked at once that it has the default ACL', async () => {
    pipeline = new Pipeline({ versioned: true });
    pipeline.s3.bucket(SOURCE).ownership = 'ObjectWriter';
    await pipeline.protect();
    await put();
    pipeline.pass(HOUR);
    await pipeline.catalog.patchSource(sourceUri(SOURCE), { acls: { since: pipeline.now } });
    await pipeline.reconcile('r1');
    pipeline.pass(HOUR);
    expect(await restored(pipeline.now, 'now')).toBeUndefined();
  });

  it('is refused where the stack does not allow it, and of a site', async () => {
    await begin({ aclRestores: false });
    await put(PUBLIC);
    const job = await pipeline.restore('j1', { acls: true });
    expect(job).toMatchObject({ state: 'failed', message: expect.stringContaining('AclRestores=true') });
    const site = { source: 'workdocs://d-1234567890', target: 's3://b', acls: true };
    expect(() => parseRestoreMessage(JSON.stringify(site), ADDRESSES)).toThrow('"acls" is for buckets');
    const odd = { source: 's3://a', target: 's3://b', acls: 'yes' };
    expect(() => parseRestoreMessage(JSON.stringify(odd), ADDRESSES)).toThrow('field "acls"');
  });

  it('is planned with how many objects have one, and whether the target takes it', async () => {
    await put(PUBLIC);
    pipeline.s3.put(SOURCE, 'b', BODY);
    await pipeline.drain();
    const asked = { source: sourceUri(SOURCE), target: sourceUri(TARGET), acls: true };
    const request = { ...parseRestoreMessage(JSON.stringify(asked), ADDRESSES), at: pipeline.now };
    expect((await makePlan(request, pipeline.world)).acls).toEqual({
      objects: 1,
      atLeast: false,
      taken: true,
    });
    pipeline.s3.bucket(TARGET).ownership = 'BucketOwnerEnforced';
    expect((await makePlan(request, pipeline.world)).acls).toMatchObject({ taken: false });
    const without = { ...request, acls: false };
    expect(await makePlan(without, pipeline.world)).not.toHaveProperty('acls');
  });
});
