import type { ReconcileMessage } from '@holdfast/core/kinds/s3/model/bucket-messages.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../../../testing/pipeline.ts';

const URI = sourceUri(SOURCE);
let pipeline: Pipeline;
beforeEach(() => given({}));

async function given(
  settings: NonNullable<ConstructorParameters<typeof Pipeline>[0]>['settings'],
): Promise<void> {
  pipeline = new Pipeline({ settings: settings ?? {} });
  await pipeline.protect();
}

type Message = ReturnType<Pipeline['message']>;

function message(extra: Partial<ReconcileMessage> = {}): Message {
  const body = { kind: 'reconcile', source: URI, trigger: 'manual', jobId: 'r1', ...extra };
  return pipeline.message(JSON.stringify(body));
}

/** Objects at the source of which no event came. */
function unnoticed(...keys: string[]): void {
  for (const key of keys) pipeline.s3.put(SOURCE, key, 'x');
  pipeline.events.splice(0);
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `k${String(n).padStart(4, '0')}`);

function row() {
  return pipeline.catalog.getSource(URI);
}

function timeLeft(ms: number): void {
  pipeline.delivery = ({ id, receives }) => ({ messageId: id, receiveCount: receives, timeLeft: () => ms });
}

function sentSteps(): unknown[] {
  return pipeline.queue.take('reconcile').map((body) => JSON.parse(body).step);
}

function sentKeys(): string[][] {
  return pipeline.queue
    .take('backlog')
    .map((body) => JSON.parse(body).items.map(({ key }: { key: string }) => key));
}

async function reportOf(jobId: string) {
  await pipeline.drain();
  const { report = '' } = await pipeline.job(jobId);
  return JSON.parse(pipeline.s3.text(VAULT, report) ?? '{}');
}

describe('a reconcile that begins', () => {
  it('is a job from then on, named after its message if it has no name', async () => {
    const { jobId: _, ...unnamed } = JSON.parse(message({ trigger: 'schedule' }).body);
    unnoticed('a');
    const first = pipeline.message(JSON.stringify(unnamed));
    await pipeline.handle('reconcile', first);
    expect(await pipeline.job(`reconcile-${first.id}`)).toMatchObject({
      kind: 'reconcile',
      source: URI,
      state: 'running',
      phase: 'compare',
      trigger: 'schedule',
      startedAt: pipeline.now,
      openRanges: 0,
      batchesQueued: 1,
      batchesDone: 0,
    });
  });

  it.each([
    ['protect', 'enabled', 1],
    ['manual', 'disabled', 1],
    ['manual', 'enabled', 0],
    ['schedule', 'missing', 0],
  ] as const)(
    'by %s, with the rule %s, looks again in ten minutes: %i times',
    async (trigger, rule, times) => {
      pipeline.s3.bucket(SOURCE).rule = rule;
      await pipeline.handle('reconcile', message({ trigger }));
      const again = { kind: 'reconcile', source: URI, trigger: 'schedule' };
      expect(pipeline.queue.delayed.map((one) => ({ ...one, body: JSON.parse(one.body) }))).toEqual(
        Array(times).fill({ queue: 'reconcile', seconds: 600, body: again }),
      );
    },
  );

  it('looks again once, however many steps it takes', async () => {
    await given({ keysPerStep: 3 });
    unnoticed(...numbered(10));
    await pipeline.reconcile('r1', { trigger: 'protect' });
    expect(pipeline.queue.delayed).toHaveLength(1);
  });

  it('of a source that is not protected does nothing', async () => {
    await pipeline.handle('reconcile', message({ source: 's3://unknown' }));
    await pipeline.catalog.patchSource(URI, { state: 'unprotected' });
    await pipeline.handle('reconcile', message());
    expect(await pipeline.catalog.listJobs()).toEqual([]);
  });

  it('a second time under the id of one that is done changes nothing', async () => {
    const job = await pipeline.reconcile('r1');
    unnoticed('a');
    expect(await pipeline.reconcile('r1')).toEqual(job);
    expect(pipeline.vaultText('a')).toBeUndefined();
  });
});

describe('a reconcile that cannot list its source', () => {
  it.each(['no-such-bucket', 'invalid'] as const)('because of %s fails at once', async (code) => {
    pipeline.s3.requests.before = (op) => {
      if (op === 'list') throw new StoreError(code, 'no');
    };
    await pipeline.handle('reconcile', message());
    expect(await pipeline.job('r1')).toMatchObject({ state: 'failed', finishedAt: pipeline.now });
    expect((await row())?.unreachable).toBe('no');
    expect(await reportOf('r1')).toMatchObject({ kind: 'reconcile', state: 'failed' });
  });

  it.each(['access-denied', 'unavailable'] as const)(
    'because of %s fails at its last delivery',
    async (code) => {
      pipeline.s3.requests.before = (op) => {
        if (op === 'list') throw new StoreError(code, 'no');
      };
      const one = message();
      for (let n = 0; n < 4; n++) await expect(pipeline.handle('reconcile', one)).rejects.toThrow('no');
      expect((await pipeline.job('r1')).state).toBe('running');
      expect((await row())?.unreachable).toBeUndefined();
      await pipeline.handle('reconcile', one);
      expect((await pipeline.job('r1')).state).toBe('failed');
      expect((await row())?.unreachable).toBe('no');
    },
  );

  it('because the table failed says nothing of the source', async () => {
    pipeline.catalog.requests.before = (op) => {
      if (op === 'listEntries') throw new Error('throttled');
    };
    const job = await pipeline.reconcile('r1');
    expect(job).toMatchObject({ state: 'failed', message: expect.stringContaining('throttled') });
    expect((await row())?.unreachable).toBeUndefined();
  });

  it('and could not even begin goes to the dead-letter queue', async () => {
    pipeline.catalog.requests.before = (op) => {
      if (op === 'createJob') throw new Error('throttled');
    };
    await pipeline.queue.send('reconcile', [message().body]);
    await pipeline.drain();
    expect(pipeline.dead).toHaveLength(1);
  });

  it('is reachable again when one could be done', async () => {
    await pipeline.catalog.patchSource(URI, { unreachable: 'no' });
    await pipeline.reconcile('r1');
    expect(await row()).not.toHaveProperty('unreachable');
  });
});

describe('a step of a reconcile', () => {
  it('hands the rest over, in one range when there are enough', async () => {
    await given({ keysPerStep: 3, maxRanges: 1 });
    unnoticed(...numbered(10));
    await pipeline.handle('reconcile', message());
    expect(sentSteps()).toEqual([{ id: '1', phase: 'compare', after: 'k0002' }]);
    expect(sentKeys()).toEqual([['k0000', 'k0001', 'k0002']]);
    await pipeline.handle('reconcile', message({ step: { id: '3b19', phase: 'compare', after: 'k0002' } }));
    expect(sentSteps()).toEqual([{ id: '3b20', phase: 'compare', after: 'k0005' }]);
  });

  it('hands the rest over in two ranges while there may be more', async () => {
    await given({ keysPerStep: 3, maxRanges: 2 });
    unnoticed('a', 'b', 'c', 'x', 'y', 'z');
    await pipeline.handle('reconcile', message());
    const [left, right] = sentSteps() as Array<NonNullable<ReconcileMessage['step']>>;
    expect(left).toMatchObject({ id: '1', phase: 'compare', after: 'c' });
    expect(right).toEqual({ id: '0b0', phase: 'compare', after: left?.until });
    expect((await pipeline.job('r1')).openRanges).toBe(2);
  });

  it('hands the rest over in one range when no cut is found', async () => {
    await given({ keysPerStep: 3, maxRanges: 2 });
    unnoticed('a', 'b', 'c');
    await pipeline.handle('reconcile', message());
    expect(sentSteps()).toEqual([{ id: '1', phase: 'compare', after: 'c' }]);
  });

  it.each([
    [29_999, '0999'],
    [30_000, undefined],
  ])('with %i ms left ends behind %s: half a minute is kept for the end', async (ms, after) => {
    await given({ keysPerStep: 5000, maxRanges: 1 });
    for (let n = 0; n < 1001; n++) pipeline.s3.put(SOURCE, String(n).padStart(4, '0'), 'x');
    timeLeft(ms);
    await pipeline.handle('reconcile', message());
    expect(sentSteps()).toEqual(after === undefined ? [] : [{ id: '1', phase: 'compare', after }]);
  });

  it('asks what it counted before only when it comes again', async () => {
    unnoticed('a');
    await pipeline.reconcile('r1');
    expect(pipeline.catalog.requests.count('getStep')).toBe(0);
  });

  it('of a job that has ended, or that nobody knows, does nothing', async () => {
    await pipeline.reconcile('r1');
    pipeline.s3.requests.resetCounts();
    const step = { id: '1', phase: 'compare', after: 'a' } as const;
    await pipeline.handle('reconcile', message({ step }));
    await pipeline.handle('reconcile', message({ step, jobId: 'r9' }));
    expect(pipeline.s3.requests.count('list')).toBe(0);
    expect(pipeline.queue.idle).toBe(true);
  });

  it('that two handlers do at once is sent by the one that counted it', async () => {
    unnoticed('a');
    let once = true;
    pipeline.catalog.requests.before = async (op) => {
      if (op !== 'completeStep' || !once) return;
      once = false;
      await pipeline.handle('reconcile', message());
    };
    await pipeline.handle('reconcile', message());
    expect(sentKeys()).toEqual([['a']]);
  });

  it('that was counted, and died before it sent, sends the same part again', async () => {
    await given({ keysPerStep: 120, maxRanges: 1 });
    const keys = numbered(250);
    unnoticed(...keys);
    const first = message();
    pipeline.queue.requests.before = () => {
      pipeline.queue.requests.before = undefined;
      throw new Error('killed');
    };
    await expect(pipeline.handle('reconcile', first)).rejects.toThrow('killed');
    await pipeline.handle('reconcile', first);
    expect(sentKeys().map((batch) => batch.length)).toEqual([60, 60]);
    expect(sentSteps()).toEqual([{ id: '1', phase: 'compare', after: keys[119] }]);
  });

  it('that died before it sent ends at the end of its range, also when time is short', async () => {
    await given({ keysPerStep: 5000, maxRanges: 1 });
    for (let n = 0; n < 1100; n++) pipeline.s3.put(SOURCE, `k${String(n).padStart(4, '0')}`, 'x');
    const step = message({ step: { id: '7', phase: 'compare', after: 'k0009', until: 'k1059' } });
    await pipeline.catalog.createJob({
      id: 'r1',
      kind: 'reconcile',
      source: URI,
      state: 'running',
      phase: 'compare',
      trigger: 'manual',
      startedAt: 0,
      openRanges: 2,
      batchesQueued: 0,
      batchesDone: 0,
      counts: {},
    });
    pipeline.queue.requests.before = () => {
      pipeline.queue.requests.before = undefined;
      throw new Error('killed');
    };
    await expect(pipeline.handle('reconcile', step)).rejects.toThrow('killed');
    timeLeft(0);
    await pipeline.handle('reconcile', step);
    expect(sentKeys().flat()).toEqual(numbered(1060).slice(10));
  });

  it.each([
    ['schedule', 'waiting', undefined],
    ['manual', 'changed', 1],
  ] as const)('by %s takes what is archived as %s', async (trigger, finding, unprotected) => {
    pipeline.s3.put(SOURCE, 'a', 'frozen', { storageClass: 'GLACIER' });
    await pipeline.drain();
    const { counts } = await pipeline.reconcile('r1', { trigger });
    expect([counts[finding], counts['unprotected']]).toEqual([1, unprotected]);
  });
});

describe('a reconcile that ends', () => {
  it.each<[string, () => unknown, string]>([
    [
      'what waits for a thaw',
      () => pipeline.s3.put(SOURCE, 'a', 'x', { storageClass: 'GLACIER' }),
      'waiting',
    ],
    [
      'what cannot be read',
      () => {
        pipeline.s3.put(SOURCE, 'a', 'x');
        pipeline.s3.deny(SOURCE, 'a');
      },
      'unprotected',
    ],
    [
      'what failed',
      () => {
        pipeline.s3.put(SOURCE, 'a', 'x');
        pipeline.s3.requests.before = (op, [request]) => {
          if (op === 'copy' && (request as { to: { key: string } }).to.key.endsWith('/a'))
            throw new StoreError('unavailable', 'outage');
        };
      },
      'failed',
    ],
  ])('is partial with %s, which counts as unprotected', async (_what, happen, name) => {
    happen();
    await pipeline.drain();
    unnoticed('fine');
    const job = await pipeline.reconcile('r1', { trigger: 'schedule' });
    expect(job).toMatchObject({ state: 'partial', finishedAt: pipeline.now, counts: { [name]: 1 } });
    expect(job).not.toHaveProperty('message');
    expect((await row())?.totals).toMatchObject({ unprotected: 1 });
  });

  it('sets the totals to what is in the vault', async () => {
    unnoticed('fine');
    pipeline.s3.put(SOURCE, 'denied', 'four');
    pipeline.s3.deny(SOURCE, 'denied');
    pipeline.s3.put(SOURCE, 'frozen', 'sixsix', { storageClass: 'GLACIER' });
    await pipeline.drain();
    await pipeline.catalog.resetTotals(URI, { objects: 99, bytes: 99, unprotected: 99 });
    await pipeline.reconcile('r1', { trigger: 'schedule' });
    expect(await row()).toMatchObject({
      totals: { objects: 1, bytes: 1, unprotected: 2 },
      lastReconcileAt: pipeline.now,
      lastReconcileJob: 'r1',
    });
  });

  it('has in its totals no object that it marked deleted, and leaves none out for that', async () => {
    for (const key of ['a', 'b', 'c']) pipeline.s3.put(SOURCE, key, 'xyz');
    await pipeline.drain();
    pipeline.s3.delete(SOURCE, 'b');
    pipeline.events.splice(0);
    const { counts } = await pipeline.reconcile('r1');
    expect(counts).toMatchObject({ gone: 1, deleted: 1 });
    expect(counts).not.toHaveProperty('leftOut');
    expect((await row())?.totals).toMatchObject({ objects: 2, bytes: 6 });
  });

  it('counts what is still being copied as unprotected, and as nothing that went wrong', async () => {
    await given({ multipartThresholdBytes: 4, partBytes: 4 });
    pipeline.s3.put(SOURCE, 'big', 'large enough');
    pipeline.events.splice(0);
    await pipeline.handle('reconcile', message());
    const [batch = ''] = pipeline.queue.take('backlog');
    await pipeline.handle('backlog', pipeline.message(batch));
    expect(await pipeline.job('r1')).toMatchObject({ state: 'done', counts: { copying: 1 } });
    expect((await row())?.totals).toMatchObject({ objects: 0, bytes: 0, unprotected: 1 });
  });

  it('tells of missed events also when there are none, and of held deletions only when there are', async () => {
    await pipeline.reconcile('r1');
    expect(pipeline.telemetry.values('MissedEvents')).toEqual([0]);
    expect(pipeline.telemetry.values('HeldDeletions')).toEqual([]);
  });

  it('holds deletions again, and from then, as long as they are not approved', async () => {
    const keys = numbered(1001);
    for (const key of keys) pipeline.s3.put(SOURCE, key, 'x');
    await pipeline.drain();
    for (const key of keys) pipeline.s3.delete(SOURCE, key);
    pipeline.events.splice(0);
    await pipeline.reconcile('r1');
    pipeline.pass(60);
    await pipeline.catalog.patchSource(URI, { unreachable: 'no' });
    await pipeline.reconcile('r2');
    const held = await row();
    expect(held?.heldDeletions).toEqual({ job: 'r2', count: 1001, at: pipeline.now });
    expect(held).not.toHaveProperty('unreachable');
    expect(held?.totals).toMatchObject({ objects: 1001, bytes: 1001 });
    expect(pipeline.telemetry.values('HeldDeletions')).toEqual([1001, 1001]);
  });
});

describe('a batch of a reconcile', () => {
  it('is counted by what became of each object', async () => {
    for (const key of ['denied', 'gone', 'late']) pipeline.s3.put(SOURCE, key, 'four');
    unnoticed('new');
    pipeline.s3.deny(SOURCE, 'denied');
    await pipeline.handle('reconcile', message());
    pipeline.s3.delete(SOURCE, 'gone');
    const { etag } = pipeline.s3.object(SOURCE, 'late').content;
    pipeline.s3.put(SOURCE, 'late', 'four');
    pipeline.events.splice(0, pipeline.events.length - 1);
    await pipeline.deliverEvents();
    await pipeline.drain();
    expect(pipeline.s3.object(SOURCE, 'late').content.etag).toBe(etag);
    const { counts, state } = await pipeline.job('r1');
    expect({ state, counts }).toEqual({
      state: 'partial',
      counts: {
        objects: 4,
        bytes: 13,
        new: 4,
        captured: 1,
        capturedBytes: 1,
        unprotected: 1,
        alreadyCaptured: 1,
        vanished: 1,
        leftOut: 2,
        leftOutBytes: 8,
      },
    });
    expect((await reportOf('r1')).problems).toEqual([{ key: 'denied', reason: 'access-denied' }]);
  });

  it('counts an object that an event was faster to delete as deleted', async () => {
    pipeline.s3.put(SOURCE, 'a', 'x');
    await pipeline.drain();
    pipeline.s3.delete(SOURCE, 'a');
    const late = pipeline.events.splice(0);
    await pipeline.handle('reconcile', message());
    await pipeline.handle('reconcile', pipeline.message(pipeline.queue.take('reconcile')[0] ?? ''));
    await pipeline.deliverEvents(late);
    await pipeline.drain();
    expect((await pipeline.job('r1')).counts).toMatchObject({ gone: 1, deleted: 1 });
  });

  it('comes again for what failed, and tells of it at its last delivery', async () => {
    unnoticed('a', 'b');
    pipeline.s3.requests.before = (op, [request]) => {
      const { to } = request as { to: { key: string } };
      if (op === 'copy' && to.key.endsWith('/a')) throw new StoreError('unavailable', 'outage');
    };
    await pipeline.handle('reconcile', message());
    const batch = pipeline.message(pipeline.queue.take('backlog')[0] ?? '');
    for (let n = 0; n < 4; n++) await expect(pipeline.handle('backlog', batch)).rejects.toThrow('outage');
    expect(await pipeline.catalog.getEntry(URI, 'a')).toBeUndefined();
    await pipeline.handle('backlog', batch);
    expect(await pipeline.entry('a')).toMatchObject({ reason: 'failed', detail: 'outage' });
    expect(await pipeline.job('r1')).toMatchObject({
      state: 'partial',
      counts: { failed: 1, alreadyCaptured: 1, leftOut: 1, leftOutBytes: 1 },
    });
    const problem = { key: 'a', reason: 'failed', detail: 'outage' };
    expect((await reportOf('r1')).problems).toEqual([problem]);
  });

  it('is held against the vault only when it comes again', async () => {
    unnoticed('a');
    await pipeline.handle('reconcile', message());
    const batch = pipeline.message(pipeline.queue.take('backlog')[0] ?? '');
    pipeline.s3.requests.resetCounts();
    await pipeline.handle('backlog', batch);
    expect(pipeline.s3.requests.count('head')).toBe(1);
    await pipeline.handle('backlog', batch);
    expect(pipeline.s3.requests.count('head')).toBe(3);
    expect(pipeline.s3.requests.count('copy')).toBe(1);
  });

  it('has the reasons of what S3 refused to copy', async () => {
    unnoticed('a');
    pipeline.s3.requests.before = (op) => {
      if (op === 'copy') throw new StoreError('customer-key', 'no key for you');
    };
    await pipeline.reconcile('r1');
    const problem = { key: 'a', reason: 'customer-key', detail: 'no key for you' };
    expect((await reportOf('r1')).problems).toEqual([problem]);
    expect(pipeline.telemetry.values('UnprotectedObjects')).toEqual([1]);
  });

  it('handles as many objects at the same time as it may', async () => {
    await given({ concurrency: 2 });
    unnoticed(...numbered(8));
    let now = 0;
    let most = 0;
    pipeline.s3.requests.before = async (op) => {
      if (op !== 'copy') return;
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
    };
    pipeline.s3.requests.after = (op) => {
      if (op === 'copy') now--;
    };
    await pipeline.reconcile('r1');
    expect(most).toBe(2);
  });

  it('takes an object that is on its way into the vault for one that is left out', async () => {
    const before: Partial<Entry> = { state: 'unprotected', reason: 'copying' };
    await given({ multipartThresholdBytes: 4, partBytes: 4 });
    pipeline.s3.put(SOURCE, 'big', 'large enough');
    await pipeline.deliverEvents();
    expect(await pipeline.entry('big')).toMatchObject(before);
    const [parts = ''] = pipeline.queue.take('backlog');
    await pipeline.reconcile('r1');
    expect((await pipeline.job('r1')).counts).toMatchObject({ copying: 1, leftOut: 1, leftOutBytes: 12 });
    await pipeline.handle('backlog', pipeline.message(parts));
    expect((await pipeline.entry('big')).state).toBe('current');
  });
});
