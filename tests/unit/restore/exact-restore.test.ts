import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, TARGET } from '../../../testing/pipeline.ts';

let pipeline: Pipeline;
beforeEach(() => begin());

/** A target with one object that is right, and extras that come behind it. */
async function begin(extras = ['b', 'c', 'd', 'e'], keysPerStep = 1000): Promise<void> {
  pipeline = new Pipeline({ settings: { keysPerStep } });
  await pipeline.protect();
  await pipeline.capture({ a: 'own' });
  for (const key of ['a', ...extras]) pipeline.s3.put(TARGET, key, 'own');
}

const restore = (more = {}) => pipeline.restore('j1', { exact: true, ...more });
const inTarget = () => pipeline.s3.keys(TARGET);
const problems = () => Array.fromAsync(pipeline.catalog.listProblems('j1'));

/** What is sent of deletions from now on: the pass, the step, and after which key it looks. */
function heard(): Array<readonly [pass: string, step: string, after?: string]> {
  const sent: Array<readonly [string, string, string?]> = [];
  pipeline.queue.requests.before = (_, [, bodies]) => {
    for (const { kind, pass, step, after } of (bodies as string[]).map((body) => JSON.parse(body)))
      if (kind === 'extras') sent.push(after === undefined ? [pass, step] : [pass, step, after]);
  };
  return sent;
}

/** The deletion of a key goes wrong, the first time. */
function refuse(key: string, error: Error): void {
  pipeline.s3.requests.before = (op, [ref]) => {
    if (op !== 'hide' || (ref as { key: string }).key !== key) return;
    pipeline.s3.requests.before = undefined;
    throw error;
  };
}

describe('an exact restore', () => {
  it('may delete just as much as it was allowed', async () => {
    expect(await restore({ maxDeletions: 4 })).toMatchObject({
      state: 'done',
      counts: { extras: 4, deleted: 4 },
    });
    expect(inTarget()).toEqual(['a']);
    expect(await problems()).toEqual([]);
  });

  it('adds up what its steps find, and says once that it is too much', async () => {
    await begin(undefined, 2);
    expect(await restore({ maxDeletions: 1 })).toMatchObject({
      state: 'partial',
      counts: { extras: 4, held: 4 },
    });
    expect(await problems()).toMatchObject([{ key: '', reason: 'held-deletions' }]);
    expect(inTarget()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('goes on after the last key of a step', async () => {
    await begin(undefined, 2);
    const sent = heard();
    expect(await restore()).toMatchObject({ state: 'done', counts: { extras: 4, deleted: 4 } });
    const steps = (pass: string) => [
      [pass, '0'],
      [pass, '1', 'b'],
      [pass, '2', 'd'],
    ];
    expect(sent).toEqual([...steps('count'), ...steps('delete')]);
  });

  it.each([
    [60_000, []],
    [59_999, ['k099', 'k199']],
  ])('looks, with %i ms left, whether time is short after every hundred keys', async (left, after) => {
    await begin(Array.from({ length: 250 }, (_, n) => `k${String(n + 1).padStart(3, '0')}`));
    const { delivery } = pipeline;
    pipeline.delivery = (message) => {
      const given = delivery.call(pipeline, message);
      return message.body.includes('"extras"') ? { ...given, timeLeft: () => left } : given;
    };
    const sent = heard();
    expect(await restore()).toMatchObject({ state: 'done', counts: { deleted: 250 } });
    expect(sent.filter(([pass]) => pass === 'count').map(([, , at]) => at)).toEqual([undefined, ...after]);
  });

  it('whose handler died before it sent the next step is not counted anew', async () => {
    let lists: number | undefined;
    pipeline.queue.requests.before = (_, [, bodies]) => {
      if (!(bodies as string[])[0]?.includes('"delete"')) return;
      if (lists === undefined) {
        lists = pipeline.s3.requests.count('list');
        throw new Error('died');
      }
      expect(pipeline.s3.requests.count('list')).toBe(lists);
    };
    expect(await restore()).toMatchObject({ state: 'done', counts: { extras: 4, deleted: 4 } });
    expect(lists).toBeGreaterThan(0);
  });

  it('that has ended, or that nobody knows, deletes nothing', async () => {
    pipeline.queue.requests.before = async (_, [, bodies]) => {
      if ((bodies as string[])[0]?.includes('"delete"'))
        await pipeline.catalog.finishJob('j1', { state: 'cancelled', finishedAt: 1 });
    };
    expect(await restore()).toMatchObject({ state: 'cancelled' });
    expect(inTarget()).toHaveLength(5);
    const body = JSON.stringify({ kind: 'extras', jobId: 'none', step: '0', pass: 'delete' });
    await pipeline.handle('restoreWork', pipeline.message(body));
    expect(inTarget()).toHaveLength(5);
  });
});

describe('what an exact restore cannot delete', () => {
  it('is named, with the reason, and all else is deleted', async () => {
    pipeline.s3.requests.before = (op, [ref]) => {
      if (op === 'hide' && (ref as { key: string }).key === 'c')
        throw new StoreError('access-denied', 'the key may not be deleted');
    };
    expect(await restore()).toMatchObject({ state: 'partial', counts: { deleted: 3, failed: 1 } });
    expect(await problems()).toEqual([
      { key: 'c', reason: 'not-deleted', detail: 'the key may not be deleted' },
    ]);
    expect(inTarget()).toEqual(['a', 'c']);
  });

  it('because it changed is named, and counted once over all steps', async () => {
    await begin(undefined, 2);
    pipeline.s3.requests.before = (op) => {
      if (op !== 'hide') return;
      pipeline.s3.requests.before = undefined;
      pipeline.s3.put(TARGET, 'b', 'changed');
    };
    expect(await restore()).toMatchObject({ state: 'partial', counts: { extras: 4, deleted: 3, failed: 1 } });
    expect(await problems()).toEqual([
      {
        key: 'b',
        reason: 'not-deleted',
        detail: expect.stringContaining('changed while it was to be deleted'),
      },
    ]);
  });

  it('because it is gone is deleted', async () => {
    refuse('c', new StoreError('not-found', 'there is no such key'));
    const { head } = pipeline.store;
    pipeline.store.head = async (ref) =>
      ref.bucket === TARGET && ref.key === 'c'
        ? { found: false, why: 'absent' }
        : head.call(pipeline.store, ref);
    expect(await restore()).toMatchObject({ state: 'done', counts: { deleted: 4, failed: 0 } });
  });

  it('because the target does not let it be looked at is named', async () => {
    refuse('c', new StoreError('precondition-failed', 'c is not as expected'));
    const { head } = pipeline.store;
    pipeline.store.head = async (ref) =>
      ref.bucket === TARGET && ref.key === 'c'
        ? { found: false, why: 'access-denied' }
        : head.call(pipeline.store, ref);
    expect(await restore()).toMatchObject({ state: 'partial', counts: { deleted: 3, failed: 1 } });
    expect(await problems()).toMatchObject([
      { key: 'c', reason: 'not-deleted', detail: expect.stringContaining('access-denied') },
    ]);
  });

  it.each([new StoreError('throttled', 'slow down'), new Error('died')])(
    'for a while is tried again: %s',
    async (error) => {
      refuse('c', error);
      expect(await restore()).toMatchObject({ state: 'done', counts: { deleted: 4, failed: 0 } });
      expect(inTarget()).toEqual(['a']);
    },
  );
});
