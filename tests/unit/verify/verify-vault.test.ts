import { checksums } from '@holdfast/core/aws/checksums.ts';
import { s3History } from '@holdfast/core/kinds/s3/history.ts';
import { tagsRecordKey, vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { Reservoir } from '@holdfast/core/model/reservoir.ts';
import type { ObjectRef, OpenObject } from '@holdfast/core/ports/object-store.ts';
import { type Finding, isProblem } from '@holdfast/core/verify/findings.ts';
import { type Verification, type VerifyRequest, verifyVault } from '@holdfast/core/verify/verify-vault.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryObjectStore } from '../../../testing/memory/memory-object-store.ts';
import { Pipeline, SOURCE, VAULT } from '../../../testing/pipeline.ts';

const LONG = `${'k'.repeat(1023)}z`;
let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
  meanwhile = async () => {};
  waited = 0;
});

/** A minute later, objects have other contents, or none. */
async function change(objects: Readonly<Record<string, string | undefined>>): Promise<void> {
  pipeline.pass(60);
  for (const [key, body] of Object.entries(objects)) {
    if (body === undefined) pipeline.s3.delete(SOURCE, key);
    else pipeline.s3.put(SOURCE, key, body);
  }
  await pipeline.drain();
}

const findings: Finding[] = [];
/** What happens while a verification waits, and for how long it waited, in ms. */
let meanwhile: () => Promise<void>;
let waited: number;
async function paused(ms: number): Promise<void> {
  waited += ms;
  await meanwhile();
}
function verify(request: Partial<VerifyRequest> = {}, world = pipeline.world): Promise<Verification> {
  findings.length = 0;
  return verifyVault(
    { source: sourceUri(SOURCE), prefix: '', sample: 'all', seed: 1, ...request },
    { checksums, atOnce: 3, onFinding: (finding) => findings.push(finding), pause: paused },
    s3History,
    world,
  );
}

/** A store that kept no checksum of two of its objects. */
class Unchecked extends MemoryObjectStore {
  override async open(ref: ObjectRef): Promise<OpenObject> {
    const { object, body } = await super.open(ref);
    const { checksum, ...bare } = object;
    if (ref.key === vaultKey('kms')) return { object: { ...bare, encryption: 'aws:kms' }, body };
    if (ref.key === vaultKey('parts')) return { object: { ...bare, etag: `${bare.etag}-2` }, body };
    return { object, body };
  }
}

const vaultKey = (key: string) => vaultPlace(SOURCE, key).key;

/** The vault's versions of a key, the newest first. */
async function versionsOf(key: string): Promise<string[]> {
  const { versions } = await pipeline.store.listVersions({ bucket: VAULT, prefix: vaultKey(key) });
  return versions.filter((one) => !one.deleteMarker).map(({ versionId }) => versionId);
}

describe('verifying the vault', () => {
  it('reads every version, older and deleted ones too, and finds nothing wrong with the right ones', async () => {
    await change({ a: 'one', b: 'bee', [LONG]: 'long' });
    await change({ a: 'two', b: undefined });

    expect(await verify()).toMatchObject({
      source: `s3://${SOURCE}`,
      state: 'done',
      counts: { versions: 4, sampled: 4, right: 4, wrong: 0, missing: 0, unverifiable: 0, bytes: 13 },
      provenBelow: 0,
      problems: [],
      unproven: [],
    });
    expect((await verify({ prefix: 'b' })).counts['versions']).toBe(1);
  });

  it('finds rot below a recorded checksum, in the newest version and in an older one', async () => {
    await change({ a: 'one', b: 'bee' });
    await change({ a: 'two' });
    const [newest = '', older = ''] = await versionsOf('a');
    pipeline.s3.rot(VAULT, vaultKey('a'), 'tvo', newest);
    pipeline.s3.rot(VAULT, vaultKey('a'), 'oen', older);

    const result = await verify();

    expect(result).toMatchObject({ state: 'partial', counts: { wrong: 2, right: 1 } });
    expect(result).not.toHaveProperty('provenBelow');
    expect(result.problems).toEqual([
      expect.objectContaining({ key: 'a', reason: 'wrong', versionId: newest }),
      expect.objectContaining({ key: 'a', reason: 'wrong', versionId: older }),
    ]);
    expect(result.problems[0]?.detail).toMatch(
      new RegExp(`^version ${newest}: expected CRC32 \\S+, found CRC32 \\S+$`),
    );
    expect(findings).toEqual(result.problems);
  });

  it('believes the catalog more than what S3 says of the same bytes', async () => {
    await change({ a: 'one' });
    const entry = await pipeline.entry('a');
    const checksum = { algorithm: 'CRC32', value: 'AAAAAA==' };
    await pipeline.catalog.putEntry({ ...entry, rev: entry.rev + 1, checksum }, entry.rev);

    expect((await verify()).problems).toEqual([
      expect.objectContaining({ reason: 'wrong', expected: 'CRC32 AAAAAA==' }),
    ]);
  });

  it.each(['on', 'onetwo'])('finds a copy that has become too short or too long: "%s"', async (body) => {
    await change({ a: 'one' });
    pipeline.s3.rot(VAULT, vaultKey('a'), body);

    expect((await verify()).problems).toEqual([
      expect.objectContaining({ reason: 'wrong', expected: '3 bytes', found: `${body.length} bytes` }),
    ]);
  });

  it('finds every entry that names a version which is not there, whatever the sample', async () => {
    await change({ a: 'one', b: 'bee', c: 'sea', [LONG]: 'long' });
    for (const key of ['b', 'c', LONG]) {
      const [version = ''] = await versionsOf(key);
      pipeline.s3.deleteVersion(VAULT, vaultKey(key), version);
    }

    const result = await verify({ sample: 1 });

    expect(result.counts).toMatchObject({ missing: 3, sampled: 1 });
    expect(result.problems.map(({ key, reason }) => [key, reason]).sort()).toEqual([
      ['b', 'missing'],
      ['c', 'missing'],
      [LONG, 'missing'],
    ]);
  });

  it('does not miss versions that a deletion let expire, nor one that was made after the listing', async () => {
    await change({ a: 'one', b: 'bee' });
    await change({ a: undefined });
    const [version = ''] = await versionsOf('a');
    pipeline.s3.deleteVersion(VAULT, vaultKey('a'), version);
    const { requests } = pipeline.s3;
    requests.after = async (op) => {
      if (op !== 'listVersions') return;
      requests.after = undefined;
      await change({ b: 'new', c: 'even newer' });
    };

    expect((await verify()).problems).toEqual([]);
  });

  it('does not miss a version that went, rightly, while it was looked for', async () => {
    await change({ b: 'bee' });
    const { requests } = pipeline.s3;
    requests.after = async (op) => {
      if (op !== 'listVersions') return;
      requests.after = undefined;
      await change({ b: 'new' });
      requests.before = async (head) => {
        if (head !== 'head') return;
        requests.before = undefined;
        const [version = ''] = await versionsOf('b');
        await change({ b: undefined });
        pipeline.s3.deleteVersion(VAULT, vaultKey('b'), version);
      };
    };

    const { problems } = await verify();
    expect(requests).toMatchObject({ before: undefined, after: undefined });
    expect(problems).toEqual([]);
  });

  it('does not expect of a copy the size that an unprotected object has at its source', async () => {
    await change({ a: 'one' });
    const entry = await pipeline.entry('a');
    const unprotected = { state: 'unprotected', reason: 'archived', size: 99 } as const;
    await pipeline.catalog.putEntry({ ...entry, ...unprotected, rev: entry.rev + 1 }, entry.rev);

    expect((await verify()).counts).toMatchObject({ right: 1, wrong: 0 });
  });

  it('says what it cannot prove: archived, without a checksum; and what it cannot read', async () => {
    await change({ cold: 'c', kms: 'k', parts: 'p', shut: 's' });
    pipeline.s3.transition(VAULT, vaultKey('cold'), 'DEEP_ARCHIVE');
    pipeline.s3.deny(VAULT, vaultKey('shut'));
    for (const key of ['kms', 'parts']) {
      const { checksum: _, ...entry } = await pipeline.entry(key);
      await pipeline.catalog.putEntry({ ...entry, rev: entry.rev + 1 }, entry.rev);
    }

    const result = await verify({}, { ...pipeline.world, store: new Unchecked(pipeline.s3) });

    expect(result).toMatchObject({ state: 'partial', counts: { archived: 1, unverifiable: 2, failed: 1 } });
    expect(result.problems).toEqual([expect.objectContaining({ key: 'shut', reason: 'failed' })]);
    expect(result.unproven.map(({ key, reason }) => [key, reason])).toEqual([
      ['cold', 'archived'],
      ['kms', 'unverifiable'],
      ['parts', 'unverifiable'],
    ]);
    expect(findings.filter(isProblem)).toHaveLength(1);
  });

  it('as of a moment proves what a restore of that moment would read', async () => {
    await change({ a: 'one', b: 'bee' });
    const at = pipeline.now;
    await change({ a: 'two', b: undefined, c: 'sea' });
    const [, older = ''] = await versionsOf('a');
    pipeline.s3.rot(VAULT, vaultKey('a'), 'oen', older);

    expect((await verify({ at })).problems).toEqual([expect.objectContaining({ versionId: older })]);
    expect((await verify({ at })).counts).toMatchObject({ versions: 2, right: 1, wrong: 1 });
    expect((await verify({ at: pipeline.now })).counts).toMatchObject({ versions: 2, right: 2 });
  });

  it('draws the same sample with the same seed, and says what that proves', async () => {
    const keys = Array.from({ length: 400 }, (_, n) => `k${n}`);
    await change(Object.fromEntries(keys.map((key) => [key, key])));
    const opened: string[] = [];
    pipeline.s3.requests.before = (op, [ref]) => {
      if (op === 'open') opened.push((ref as ObjectRef).key);
    };

    const result = await verify({ sample: 100, seed: 7 });
    const first = opened.splice(0);
    expect(result).toMatchObject({ counts: { versions: 400, sampled: 100, right: 100 }, provenBelow: 11 });
    await verify({ sample: 100, seed: 7 });
    expect(opened.splice(0)).toEqual(first);
    await verify({ sample: 100, seed: 8 });
    expect(opened).not.toEqual(first);
    expect(new Set(first).size).toBe(100);
  });

  it('tries again what broke off', async () => {
    await change({ a: 'one' });
    let cuts = 2;
    pipeline.s3.requests.before = (op) => {
      if (op === 'open' && cuts-- > 0) throw new StoreError('unavailable', 'the connection was cut');
    };

    expect((await verify()).counts).toMatchObject({ sampled: 1, right: 1, failed: 0 });
  });

  it('goes on when a read keeps breaking off, and says so', async () => {
    await change({ a: 'one', b: 'two' });
    pipeline.s3.requests.before = (op, [ref]) => {
      if (op !== 'open' || (ref as ObjectRef).key !== vaultKey('a')) return;
      throw new StoreError('unavailable', 'the connection was cut');
    };

    expect(await verify()).toMatchObject({
      counts: { failed: 1, right: 1 },
      problems: [{ key: 'a', reason: 'failed', detail: expect.stringContaining('the connection was cut') }],
    });
  });
});

/** A handler stands between the copy, or the marker, and the record, until it is let go on. */
async function whileRecording(): Promise<() => Promise<void>> {
  let goOn = () => {};
  const stopped = new Promise<void>((resolve) => {
    pipeline.catalog.requests.before = async (op, [entry]) => {
      if (op !== 'putEntry' || (entry as Entry).state === 'unprotected') return;
      pipeline.catalog.requests.before = undefined;
      resolve();
      await new Promise<void>((go) => {
        goOn = go;
      });
    };
  });
  const drained = pipeline.drain();
  await stopped;
  return async () => {
    goOn();
    await drained;
  };
}

describe('what lies on top in the vault', () => {
  const found = ({ problems }: Verification) => problems.map(({ key, reason }) => [key, reason]);
  const vaultPass = async () => {
    await pipeline.reconcile(`r${pipeline.now}`, { vault: true });
    return verify();
  };

  it.each([
    ['usual', 'a'],
    ['long', LONG],
  ])('is foreign where the catalog names another version of a %s key', async (_, key) => {
    await change({ [key]: 'mine', b: 'bee' });
    const { versionId } = pipeline.s3.put(VAULT, vaultKey(key), 'theirs');
    pipeline.pass(3600);

    // The sample does not matter: all of what is on top is looked at.
    const result = await verify({ sample: 1 });
    expect(result).toMatchObject({ state: 'partial', counts: { foreign: 1, hidden: 0, missing: 0 } });
    const { vaultVersionId } = await pipeline.entry(key);
    const detail = `version ${versionId}: it is on top, and the catalog names version ${vaultVersionId}`;
    expect(result.problems).toEqual([{ key, reason: 'foreign', versionId, detail }]);
    expect(waited).toBe(0);

    expect(await vaultPass()).toMatchObject({ state: 'done', counts: { foreign: 0 } });
    expect(pipeline.vaultText(key)).toBe('mine');
  });

  it.each([
    ['knows nothing of it', 'never', 'the catalog does not know of it'],
    ['calls the object deleted', 'gone', 'the catalog calls the object deleted'],
  ])('is foreign where the catalog %s', async (_, key, words) => {
    await change({ gone: 'x', b: 'bee' });
    await change({ gone: undefined });
    pipeline.pass(3600);
    pipeline.s3.put(VAULT, vaultKey(key), 'theirs');

    const result = await verify();
    expect(result.problems).toMatchObject([
      { key, reason: 'foreign', detail: expect.stringContaining(words) },
    ]);
    expect(found(await vaultPass())).toEqual([]);
  });

  it.each([
    ['usual', 'a'],
    ['long', LONG],
  ])('is a delete marker that hides what the catalog names of a %s key', async (_, key) => {
    await change({ [key]: 'mine', b: 'bee' });
    pipeline.pass(3600);
    pipeline.s3.delete(VAULT, vaultKey(key));

    const result = await verify();
    expect(result).toMatchObject({
      state: 'partial',
      counts: { hidden: 1, foreign: 0, missing: 0, right: 2 },
    });
    expect(result.problems).toMatchObject([
      {
        key,
        reason: 'hidden',
        detail: expect.stringContaining(`on version ${(await pipeline.entry(key)).vaultVersionId}`),
      },
    ]);
    expect(await vaultPass()).toMatchObject({ state: 'done', counts: { hidden: 0 } });
  });

  it('says that no reconcile looks at what the settings of the source leave out', async () => {
    await pipeline.catalog.patchSource(sourceUri(SOURCE), { exclude: ['other/**'] });
    await change({ a: 'one' });
    pipeline.pass(3600);
    pipeline.s3.put(VAULT, vaultKey('other/x'), 'theirs');

    expect((await verify()).problems).toMatchObject([
      { key: 'other/x', detail: expect.stringContaining('leave it out, so that no reconcile looks at it') },
    ]);
  });

  it('is no finding where nothing of it can be told, or nothing is wrong', async () => {
    await change({ a: 'one', b: 'bee', archived: 'x' });
    await change({ archived: undefined });
    // It came back where it cannot be read: what the vault had stays marked deleted.
    pipeline.s3.put(SOURCE, 'archived', 'y', { storageClass: 'GLACIER' });
    await pipeline.drain();
    expect(await pipeline.entry('archived')).toMatchObject({ state: 'unprotected', reason: 'archived' });
    // A request of a killed handler that came late: the same bytes once more.
    pipeline.s3.put(VAULT, vaultKey('a'), 'one');
    pipeline.pass(3600);

    expect(found(await verify())).toEqual([]);
  });

  it('tells what is missing once, though what is below it is on top then', async () => {
    await change({ a: 'one' });
    await change({ a: 'two' });
    const [newest = ''] = await versionsOf('a');
    pipeline.s3.deleteVersion(VAULT, vaultKey('a'), newest);

    expect(found(await verify())).toEqual([['a', 'missing']]);
  });

  it('as of a moment is only what was there by then', async () => {
    await change({ a: 'one', b: 'bee' });
    const at = pipeline.now;
    pipeline.pass(3600);
    pipeline.s3.put(VAULT, vaultKey('a'), 'theirs');
    pipeline.pass(3600);

    expect(found(await verify({ at }))).toEqual([]);
    expect(found(await verify({ at: pipeline.now }))).toEqual([['a', 'foreign']]);
  });

  it('is no finding when it was recorded after it was listed', async () => {
    await change({ a: 'one', b: 'bee' });
    const { requests } = pipeline.s3;
    requests.after = async (op) => {
      if (op !== 'listVersions') return;
      requests.after = undefined;
      await change({ a: 'two', b: undefined, c: 'sea' });
    };

    expect(found(await verify())).toEqual([]);
    expect(waited).toBe(0);
  });

  it.each([
    ['copied it', () => pipeline.s3.put(SOURCE, 'a', 'two')],
    ['copied it for the first time', () => pipeline.s3.put(SOURCE, 'new', 'one')],
    ['marked it', () => pipeline.s3.delete(SOURCE, 'a')],
  ])('is no finding when a handler just %s, and is about to record it', async (_, begin) => {
    await change({ a: 'one' });
    pipeline.pass(60);
    begin();
    meanwhile = await whileRecording();

    expect(found(await verify())).toEqual([]);
    expect(waited).toBe(2000);
  });

  it('is a finding when nobody records it for a while', async () => {
    await change({ a: 'one' });
    pipeline.s3.put(VAULT, vaultKey('a'), 'theirs');

    expect(found(await verify())).toEqual([['a', 'foreign']]);
    expect(waited).toBe(8000);
  });

  it('is no finding when a large copy, dated by its begin, is about to be recorded', async () => {
    pipeline = new Pipeline({ settings: { multipartThresholdBytes: 3, partBytes: 2 } });
    await pipeline.protect();
    pipeline.s3.put(SOURCE, 'large', 'many bytes');
    await pipeline.deliverEvents();
    pipeline.pass(3600);
    meanwhile = await whileRecording();

    expect(found(await verify())).toEqual([]);
    expect(waited).toBe(2000);
  });
});

describe('records beside copies', () => {
  const LARGE = 'longer than a copy for its tags may be';
  const place = tagsRecordKey(SOURCE, 'a');

  beforeEach(async () => {
    pipeline = new Pipeline({ settings: { tagCopyMaxBytes: 4 } });
    await pipeline.protect();
    await change({ a: LARGE, b: LARGE });
    for (const key of ['a', 'b']) pipeline.s3.tag(SOURCE, key, { stage: 'done' });
    await pipeline.drain();
    pipeline.pass(3600);
  });

  const found = ({ problems }: Verification) =>
    problems.map(({ key, reason, detail }) => [key, reason, detail?.replace(/^version \S+: /, '')]);

  it.each([
    [
      'hides',
      undefined,
      'a',
      'hidden',
      'it is a delete marker on the record of its tags, which expires below it',
    ],
    ['covers', 'theirs', 'a', 'foreign', 'it is on top of the record of its tags, which expires below it'],
  ])('are told of when somebody %s one', async (_, text, key, reason, words) => {
    if (text === undefined) pipeline.s3.delete(VAULT, place);
    else pipeline.s3.put(VAULT, place, text);
    pipeline.pass(3600);

    expect(found(await verify())).toEqual([[key, reason, words]]);
    expect(found(await verify({ prefix: 'b' }))).toEqual([]);
    await pipeline.reconcile('mended', { vault: true });
    expect(found(await verify())).toEqual([]);
  });

  it('are told of where nobody can tell what is', async () => {
    const nobodys = tagsRecordKey(SOURCE, 'nobody');
    pipeline.s3.put(VAULT, nobodys, 'theirs');
    pipeline.pass(3600);

    expect(found(await verify())).toEqual([
      [nobodys, 'foreign', 'it is no record of tags, and none is under it'],
    ]);
  });

  it('are not told of while a handler hides one with its copy', async () => {
    pipeline.s3.delete(SOURCE, 'a');
    meanwhile = await whileRecording();

    expect(found(await verify())).toEqual([]);
    expect(waited).toBe(2000);
  });
});

describe('a reservoir', () => {
  it('gives everything that passes the same chance', () => {
    const drawn = Array.from({ length: 20 }, () => 0);
    for (let seed = 0; seed < 4000; seed++) {
      const reservoir = new Reservoir<number>(5, seed);
      for (let n = 0; n < 20; n++) reservoir.offer(n);
      for (const n of reservoir.sample()) drawn[n] = (drawn[n] ?? 0) + 1;
    }
    // 1,000 on average; five standard deviations are 137.
    for (const times of drawn) expect(Math.abs(times - 1000)).toBeLessThan(137);
  });
});
