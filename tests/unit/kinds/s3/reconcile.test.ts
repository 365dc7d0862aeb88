import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../../../testing/pipeline.ts';
import { AWKWARD_KEYS } from '../../../support/awkward-keys.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

function putMany(count: number, prefix = 'o'): void {
  for (let i = 0; i < count; i++)
    pipeline.s3.put(SOURCE, `${prefix}${String(i).padStart(6, '0')}`, `content ${i}`);
}

describe('the first reconcile', () => {
  it('captures awkward keys and finds nothing to do afterwards', async () => {
    for (const key of AWKWARD_KEYS) pipeline.s3.put(SOURCE, key, key);
    pipeline.events.splice(0);
    await pipeline.reconcile('r1');
    expect(AWKWARD_KEYS.map((key) => pipeline.vaultText(key))).toEqual(AWKWARD_KEYS);
    const again = await pipeline.reconcile('r2');
    expect(again.counts).toMatchObject({ unchanged: AWKWARD_KEYS.length });
    expect(again.counts['captured'] ?? 0).toBe(0);
  });

  it('covers every object once, whatever the number of keys a step may look at', async () => {
    for (const keysPerStep of [10, 37, 1000]) {
      pipeline = new Pipeline({ settings: { keysPerStep, maxRanges: 8 } });
      await pipeline.protect();
      putMany(500, 'a/');
      putMany(500, 'b/\u{1F98A}');
      pipeline.events.splice(0);
      const { counts, state } = await pipeline.reconcile('r1');
      expect({ state, ...counts }).toMatchObject({ state: 'done', objects: 1000, captured: 1000 });
      expect(counts['alreadyCaptured'] ?? 0).toBe(0);
    }
  });
});

describe('a reconcile where nothing changed', () => {
  it('asks two listings and nothing for each object', async () => {
    putMany(3000);
    await pipeline.drain();
    pipeline = await withoutCounts(pipeline);
    const job = await pipeline.reconcile('r1');
    expect(job.counts).toMatchObject({ unchanged: 3000 });
    const { list = 0, head = 0, copy = 0 } = pipeline.s3.requests.counts();
    expect({ head, copy }).toEqual({ head: 0, copy: 0 });
    expect(list + pipeline.catalog.requests.count('listEntries')).toBeLessThanOrEqual(20);
  });

  it('writes its report, and its totals to the source', async () => {
    putMany(3);
    await pipeline.drain();
    const job = await pipeline.reconcile('r1');
    const report = JSON.parse(pipeline.s3.text(VAULT, job.report ?? '') ?? '{}');
    expect(job.report).toBe('reports/reconcile/2026/03/01/r1.json');
    expect(report).toMatchObject({
      kind: 'reconcile',
      state: 'done',
      counts: { unchanged: 3 },
      lagSeconds: { p50: 1 },
    });
    expect(await pipeline.catalog.getSource(sourceUri(SOURCE))).toMatchObject({
      lastReconcileJob: 'r1',
      totals: { objects: 3 },
    });
  });
});

async function withoutCounts(one: Pipeline): Promise<Pipeline> {
  one.s3.requests.resetCounts();
  one.catalog.requests.resetCounts();
  return one;
}

describe('lost events', () => {
  it('are found, captured, and counted as missed when they are older than the grace period', async () => {
    putMany(2);
    await pipeline.drain();
    pipeline.pass(60);
    pipeline.s3.put(SOURCE, 'o000000', 'changed');
    pipeline.s3.put(SOURCE, 'new', 'x');
    pipeline.s3.delete(SOURCE, 'o000001');
    pipeline.events.splice(0);
    pipeline.pass(3600);
    const { counts } = await pipeline.reconcile('r1');
    expect(counts).toMatchObject({ changed: 1, new: 1, gone: 1, captured: 2, deleted: 1, missed: 2 });
    expect([pipeline.vaultText('o000000'), pipeline.vaultText('new')]).toEqual(['changed', 'x']);
    expect((await pipeline.entry('o000001')).state).toBe('deleted');
    expect(pipeline.telemetry.total('MissedEvents')).toBe(2);
  });

  it('are not counted as missed while they can still arrive', async () => {
    pipeline.s3.put(SOURCE, 'new', 'x');
    const { counts } = await pipeline.reconcile('r1');
    expect(counts['missed'] ?? 0).toBe(0);
  });

  it('of an object that came back are found', async () => {
    putMany(1);
    await pipeline.drain();
    pipeline.s3.delete(SOURCE, 'o000000');
    await pipeline.drain();
    pipeline.s3.put(SOURCE, 'o000000', 'again');
    pipeline.events.splice(0);
    await pipeline.reconcile('r1');
    expect(pipeline.vaultText('o000000')).toBe('again');
  });

  it('of an object that is gone from the listing but not from the bucket delete nothing', async () => {
    putMany(3);
    await pipeline.drain();
    pipeline.s3.requests.before = undefined;
    const list = pipeline.store.list.bind(pipeline.store);
    const cut: typeof pipeline.store.list = async (request) => {
      const page = await list(request);
      return { objects: page.objects.slice(0, 1), more: false };
    };
    pipeline.store.list = cut;
    const { counts } = await pipeline.reconcile('r1');
    expect(counts).toMatchObject({ gone: 2 });
    expect(counts['deleted'] ?? 0).toBe(0);
    expect((await pipeline.entry('o000002')).state).toBe('current');
  });
});

describe('a source that cannot be listed', () => {
  it.each([
    ['is gone', () => pipeline.s3.deleteBucket(SOURCE)],
    ['may not be read any more', () => pipeline.s3.deny(SOURCE)],
  ])('fails the reconcile and marks nothing when it %s', async (_, happen) => {
    putMany(2);
    await pipeline.drain();
    happen();
    const job = await pipeline.reconcile('r1');
    expect(job.state).toBe('failed');
    expect(job.message).toContain('nothing was marked deleted');
    expect((await pipeline.entry('o000000')).state).toBe('current');
    expect((await pipeline.catalog.getSource(sourceUri(SOURCE)))?.unreachable).toBeDefined();
  });

  it('goes back to the queue while it only does not answer', async () => {
    putMany(2);
    await pipeline.drain();
    let failures = 3;
    pipeline.s3.requests.before = (op) => {
      if (op === 'list' && failures-- > 0) throw new StoreError('unavailable', 'timed out');
    };
    expect((await pipeline.reconcile('r1')).state).toBe('done');
  });
});

describe('a mass deletion', () => {
  beforeEach(async () => {
    putMany(1500);
    await pipeline.drain();
    for (let i = 0; i < 1400; i++) pipeline.s3.delete(SOURCE, `o${String(i).padStart(6, '0')}`);
    pipeline.events.splice(0);
  });

  it('is held: nothing is marked, and the job says what to do', async () => {
    const totalBytes = (await pipeline.catalog.getSource(sourceUri(SOURCE)))?.totals.bytes;
    const job = await pipeline.reconcile('r1');
    expect(job).toMatchObject({ state: 'partial', counts: { gone: 1400 } });
    expect(job.message).toContain(`holdfast approve s3://${SOURCE}`);
    expect((await pipeline.entry('o000000')).state).toBe('current');
    const source = await pipeline.catalog.getSource(sourceUri(SOURCE));
    expect(source?.heldDeletions).toMatchObject({ count: 1400, job: 'r1' });
    expect(source?.totals).toMatchObject({ objects: 1500, bytes: totalBytes });
    expect(pipeline.telemetry.values('HeldDeletions')).toEqual([1400]);
  });

  it('goes through when it is approved', async () => {
    await pipeline.reconcile('r1');
    const job = await pipeline.reconcile('r2', { trigger: 'approve', approved: true });
    expect(job).toMatchObject({ state: 'done', counts: { deleted: 1400 } });
    expect((await pipeline.entry('o000000')).state).toBe('deleted');
    expect((await pipeline.catalog.getSource(sourceUri(SOURCE)))?.heldDeletions).toBeUndefined();
  });

  it('is forgotten when the objects have come back', async () => {
    await pipeline.reconcile('r1');
    putMany(1500);
    pipeline.events.splice(0);
    const job = await pipeline.reconcile('r2');
    expect(job.state).toBe('done');
    expect((await pipeline.catalog.getSource(sourceUri(SOURCE)))?.heldDeletions).toBeUndefined();
  });

  it('goes through by itself up to the bound', async () => {
    for (let i = 0; i < 401; i++) pipeline.s3.put(SOURCE, `o${String(i).padStart(6, '0')}`, `content ${i}`);
    pipeline.events.splice(0);
    expect((await pipeline.reconcile('r1')).counts).toMatchObject({ gone: 999, deleted: 999 });
  });
});

describe('steps that come again', () => {
  it('count nothing twice and lose nothing when a function dies after each of its requests', async () => {
    for (let victim = 1; victim <= 40; victim++) {
      pipeline = new Pipeline({ settings: { keysPerStep: 20 } });
      await pipeline.protect();
      putMany(50);
      await pipeline.drain();
      pipeline.s3.put(SOURCE, 'new', 'x');
      pipeline.s3.delete(SOURCE, 'o000003');
      pipeline.events.splice(0);
      dieAfter(victim);
      const job = await pipeline.reconcile('r1');
      const { objects, new: fresh, gone, deleted } = job.counts;
      expect({ victim, state: job.state, objects, fresh, gone, deleted }).toEqual({
        victim,
        state: 'done',
        objects: 50,
        fresh: 1,
        gone: 1,
        deleted: 1,
      });
      expect(pipeline.vaultText('new')).toBe('x');
    }
  });

  /** The handler is killed after its n-th request that changes something; the effect stays, the answer is lost. */
  function dieAfter(victim: number): void {
    let writes = 0;
    const die = () => {
      writes++;
      if (writes === victim) throw new Error('killed');
    };
    pipeline.catalog.requests.after = (op) => {
      if (!op.startsWith('get') && !op.startsWith('list')) die();
    };
    pipeline.queue.requests.after = () => {
      // The message that starts it all is not the pipeline's own.
      if (pipeline.catalog.requests.count('createJob') > 0) die();
    };
  }
});

describe('the wiring', () => {
  it('is switched on again, and told of, when somebody switched it off', async () => {
    pipeline.now += 600_000;
    pipeline.s3.bucket(SOURCE).eventBridge = false;
    await pipeline.reconcile('r1');
    expect(pipeline.s3.bucket(SOURCE).eventBridge).toBe(true);
    expect(await pipeline.row()).toMatchObject({ wiring: 'repaired' });
    expect(pipeline.telemetry.total('WiringDrift')).toBe(1);
  });

  it.each(['protect', 'manual', 'schedule'] as const)(
    'that S3 still shows as off within ten minutes of protect is no drift, by %s',
    async (trigger) => {
      pipeline.now += 599_999;
      pipeline.s3.bucket(SOURCE).eventBridge = false;
      await pipeline.reconcile('r1', { trigger });
      expect(pipeline.s3.bucket(SOURCE).eventBridge).toBe(true);
      expect((await pipeline.row()).wiring).toBe('ok');
      expect(await pipeline.row()).not.toHaveProperty('wiringDetail');
      expect(pipeline.telemetry.total('WiringDrift')).toBe(0);
    },
  );

  it('that is denied just after protect is not told as a drift, and by the reconcile ten minutes later it is', async () => {
    pipeline.world.wiring.ensure = () => Promise.reject(new StoreError('access-denied', 'not yet'));
    await pipeline.reconcile('r1', { trigger: 'protect' });
    expect([(await pipeline.row()).wiring, pipeline.telemetry.total('WiringDrift')]).toEqual(['unknown', 0]);
    pipeline.now += 600_000;
    await pipeline.reconcile('r2', { trigger: 'schedule' });
    expect(pipeline.telemetry.total('WiringDrift')).toBe(1);
  });

  it('whose rule is gone, or was disabled, is a drift at any time: only the bucket answers as before', async () => {
    for (const rule of ['missing', 'disabled'] as const) {
      pipeline.s3.bucket(SOURCE).rule = rule;
      await pipeline.reconcile(`r-${rule}`, { trigger: 'protect' });
    }
    expect(pipeline.telemetry.values('WiringDrift')).toEqual([1, 1]);
  });

  it('is called broken when the rule is gone', async () => {
    pipeline.s3.bucket(SOURCE).rule = 'missing';
    await pipeline.reconcile('r1');
    expect(await pipeline.catalog.getSource(sourceUri(SOURCE))).toMatchObject({ wiring: 'broken' });
  });
});
