import { aclRecordKey, tagsRecordKey } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import type { Grants } from '@holdfast/core/model/acl.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalId } from '../../../../testing/memory/s3-acls.ts';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../../testing/pipeline.ts';

const URI = sourceUri(SOURCE);
const KEY = 'a';
const BODY = 'longer than a copy for its tags may be';
const OWNER = { to: canonicalId('111122223333'), may: 'FULL_CONTROL' } as const;
const FRIEND: Grants = [OWNER, { to: canonicalId('444455556666'), may: 'READ' }];
const PUBLIC: Grants = [OWNER, { to: 'http://acs.amazonaws.com/groups/global/AllUsers', may: 'READ' }];

/** What is kept beside a copy: how it is changed at the source, where its record is, and what it says. */
const KINDS = [
  {
    kind: 'tags',
    placeOf: tagsRecordKey,
    change: (key: string) => p.s3.tag(SOURCE, key, { stage: 'done' }),
    undo: () => p.s3.tag(SOURCE, KEY, {}),
    foreign: (text: string) => text.replace('done', 'theirs'),
    restored: () => p.s3.object(TARGET, KEY).content.tags,
    is: { stage: 'done' },
    wasBefore: {},
  },
  {
    kind: 'an ACL',
    placeOf: aclRecordKey,
    change: (key: string) => p.s3.grant(SOURCE, key, FRIEND),
    undo: () => p.s3.grant(SOURCE, KEY, undefined),
    foreign: (text: string) => text.replace(JSON.stringify(FRIEND), JSON.stringify(PUBLIC)),
    restored: () => p.s3.object(TARGET, KEY).content.grants,
    is: FRIEND,
    wasBefore: undefined,
  },
] as const;

let p: Pipeline;
let jobs = 0;
const whole = () => p.reconcile(`r${++jobs}`, { vault: true });
const scheduled = () => p.reconcile(`r${++jobs}`, { trigger: 'schedule' });
const problems = (job: Job) => Array.fromAsync(p.catalog.listProblems(job.id));

async function begin(settings = {}): Promise<void> {
  p = new Pipeline({ settings: { tagCopyMaxBytes: 4, ...settings }, versioned: true });
  p.s3.bucket(SOURCE).ownership = 'ObjectWriter';
  p.s3.bucket(TARGET).ownership = 'BucketOwnerPreferred';
  await p.protect({ acls: { since: p.now } });
}

describe.each(KINDS)('a record of $kind', ({ placeOf, change, undo, foreign, restored, is, wasBefore }) => {
  const place = placeOf(SOURCE, KEY);
  const text = () => p.s3.text(VAULT, place);

  beforeEach(async () => {
    await begin();
    await p.capture({ [KEY]: BODY, other: BODY, small: 'x' });
    await p.reconcile(`r${++jobs}`);
    p.pass(60);
    change(KEY);
    await p.drain();
    p.pass(60);
    expect(text()).toBeDefined();
  });

  /** It was mended, and a second pass finds nothing; what is restored is what the source has. */
  async function mended({ expected }: { readonly expected: unknown } = { expected: is }): Promise<void> {
    const job = await whole();
    expect(job).toMatchObject({ state: 'done', counts: { inDoubt: 1, mended: 1 } });
    expect(await problems(job)).toMatchObject([{ key: KEY, reason: 'vault-differed', note: true }]);
    const { vaultVersionId } = await p.entry(KEY);
    expect(JSON.parse(text() ?? '')).toMatchObject({ key: KEY, vaultVersionId });
    const again = await whole();
    expect(again).toMatchObject({ state: 'done', counts: { records: 1, inDoubt: 1 } });
    expect(again.counts).not.toHaveProperty('mended');
    await p.restore(`x${jobs}`, { acls: true });
    expect(restored()).toEqual(expected);
  }

  it('that somebody hid is written again, by a comparison of the vault alone', async () => {
    p.s3.delete(VAULT, place);
    await p.reconcile(`r${++jobs}`);
    expect(text()).toBeUndefined();
    await mended();
  });

  it.each([
    [
      'of another copy',
      (own: string) => own.replace(/"vaultVersionId":"[^"]*"/, '"vaultVersionId":"theirs"'),
    ],
    ['of another object', (own: string) => own.replace('"key":"a"', '"key":"b"')],
    ['that is none', () => 'theirs'],
  ])('that somebody put one %s on is written again', async (_, textOf) => {
    p.s3.put(VAULT, place, textOf(text() ?? ''));
    await mended();
  });

  it('that somebody wrote is replaced by what the source says', async () => {
    const theirs = foreign(text() ?? '');
    expect(theirs).not.toBe(text());
    p.s3.put(VAULT, place, theirs);
    await mended();
  });

  it('that is hidden counts until the source says otherwise', async () => {
    p.s3.delete(VAULT, place);
    undo();
    p.events.splice(0);
    await mended({ expected: wasBefore });
  });

  it('is told of where nobody can say of what object it is', async () => {
    const nobodys = placeOf(SOURCE, 'nobody');
    p.s3.put(VAULT, nobodys, 'theirs');
    const job = await whole();
    expect(job).toMatchObject({ state: 'partial', counts: { records: 2, failed: 1 } });
    expect(await problems(job)).toMatchObject([{ key: nobodys, reason: 'no-record' }]);
    p.s3.delete(VAULT, nobodys);
    expect((await whole()).state).toBe('done');
  });

  it('of what was replaced or deleted is hidden rightly, and left alone', async () => {
    change('other');
    await p.drain();
    await p.capture({ [KEY]: `${BODY}, again` });
    p.s3.delete(SOURCE, 'other');
    await p.drain();
    const job = await whole();
    expect(job.counts).toMatchObject({ records: 2 });
    expect(job.counts).not.toHaveProperty('inDoubt');
    expect(text()).toBeUndefined();
  });

  it('of what the settings leave out is left alone', async () => {
    await p.catalog.patchSource(URI, { exclude: [KEY] });
    p.s3.delete(VAULT, place);
    expect((await whole()).counts).not.toHaveProperty('inDoubt');
  });

  it('is looked at by what the schedule sends when it is new, and then in its listing alone', async () => {
    const requests = async () => {
      p.s3.requests.resetCounts();
      const job = await scheduled();
      const { listVersions = 0, get = 0 } = p.s3.requests.counts();
      return { listVersions, gets: get, ...job.counts };
    };
    const first = await requests();
    // A listing for each kind, and of the one object for each.
    expect(first).toMatchObject({ listVersions: 4, records: 1, inDoubt: 1 });
    expect(first).not.toHaveProperty('mended');
    // What was written less than a day before a pass ended, the next one looks at again.
    p.pass(2 * 24 * 3600);
    expect(await requests()).toMatchObject({ records: 1, inDoubt: 1 });
    p.pass(2 * 24 * 3600);
    expect(await requests()).toMatchObject({ listVersions: 2, gets: 0, records: 1 });
    p.s3.delete(VAULT, place);
    p.pass(24 * 3600);
    expect(await requests()).toMatchObject({ records: 1, inDoubt: 1, mended: 1 });
    expect(text()).toBeDefined();
  });

  it.each([
    ['of another object', (own: string) => own.replace('"key":"a"', '"key":"b"')],
    ['that is none', () => 'theirs'],
  ])('%s is no reason not to write the next one', async (_, textOf) => {
    const own = text() ?? '';
    undo();
    await p.drain();
    p.s3.put(VAULT, place, textOf(own));
    change(KEY);
    await p.drain();
    expect(JSON.parse(text() ?? '')).toMatchObject({ key: KEY });
  });

  it('is mended by whoever looks in doubt, and not only by a pass', async () => {
    p.s3.delete(VAULT, place);
    change('other');
    // A message that comes again.
    p.s3.tag(SOURCE, KEY, { stage: 'done' });
    for (const message of p.events) message.receives = 1;
    await p.drain();
    expect(text()).toBeDefined();
  });
});

describe('records of all kinds', () => {
  const keys = ['a', 'b', 'c', 'd'];

  beforeEach(async () => {
    await begin({ keysPerStep: 1 });
    await p.capture(Object.fromEntries(keys.map((key) => [key, BODY])));
    await p.reconcile(`r${++jobs}`);
    for (const { change } of KINDS) for (const key of keys) change(key);
    await p.drain();
    for (const { placeOf } of KINDS) for (const key of keys) p.s3.delete(VAULT, placeOf(SOURCE, key));
  });

  it('are compared in whatever steps, and again when a step died before it was sent', async () => {
    let died = 0;
    p.queue.requests.before = (_, [queue]) => {
      if (queue === 'backlog' && ++died === 1) throw new Error('killed');
    };
    const ops: string[] = [];
    p.s3.requests.before = (op) => void ops.push(op);
    expect(await whole()).toMatchObject({ state: 'done', counts: { records: 8, inDoubt: 8, mended: 4 } });
    for (const { placeOf } of KINDS)
      for (const key of keys) expect(p.s3.text(VAULT, placeOf(SOURCE, key))).toBeDefined();
    // Their keys are none of the source: it is not asked where they could be cut in two.
    expect(ops.slice(ops.indexOf('listVersions'))).not.toContain('list');
  });

  it('belong to the pass, which is not over before them', async () => {
    p.s3.requests.before = (op) => {
      if (op === 'listVersions') throw new StoreError('access-denied', 'the versions may not be listed');
    };
    expect(await whole()).toMatchObject({ state: 'failed' });
    expect(await p.catalog.getSource(URI)).not.toHaveProperty('vaultComparedAt');
    p.s3.requests.before = undefined;
    await whole();
    expect(await p.catalog.getSource(URI)).toHaveProperty('vaultComparedAt');
  });
});

describe('records of ACLs', () => {
  it('are not looked at where ACLs are not remembered', async () => {
    await begin();
    await p.capture({ [KEY]: BODY });
    p.s3.grant(SOURCE, KEY, FRIEND);
    await p.drain();
    p.s3.delete(VAULT, aclRecordKey(SOURCE, KEY));
    await p.catalog.patchSource(URI, { acls: { since: p.now, until: p.now } });
    expect((await whole()).counts).not.toHaveProperty('records');
  });
});

describe('an object with a record beside its copy that cannot be read any more', () => {
  it('is left alone where only its record is in doubt, its ACL too', async () => {
    p = new Pipeline({ settings: { tagCopyMaxBytes: 4 } });
    p.s3.bucket(SOURCE).ownership = 'ObjectWriter';
    await p.protect({ acls: { since: p.now } });
    await p.capture({ [KEY]: BODY });
    p.s3.grant(SOURCE, KEY, FRIEND);
    await p.drain();
    p.s3.put(SOURCE, KEY, 'sealed', { customerKey: true });
    p.s3.requests.resetCounts();
    const items = [{ key: KEY, inDoubt: true, beside: true }];
    await p.handle('backlog', p.message(JSON.stringify({ kind: 'capture', source: URI, items })));
    expect(p.s3.requests.counts()).not.toHaveProperty('getAcl');
  });

  it('is told of once, by the comparison with the source', async () => {
    await begin();
    await p.capture({ [KEY]: BODY });
    p.s3.grant(SOURCE, KEY, FRIEND);
    await p.drain();
    p.s3.put(SOURCE, KEY, 'sealed', { customerKey: true });
    p.events.splice(0);
    const { counts } = await whole();
    expect(counts).toMatchObject({ objects: 1, unprotected: 1, leftOut: 1 });
    expect((await p.catalog.getSource(URI))?.totals).toMatchObject({ objects: 0, unprotected: 1 });
  });
});
