import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { RestoreBatch } from '@holdfast/core/model/messages.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../testing/pipeline.ts';

const THRESHOLD = 1000;
const OBJECTS = 250;
let pipeline: Pipeline;
beforeEach(() => given(1000));

function given(keysPerStep: number): void {
  pipeline = new Pipeline({ settings: { keysPerStep, multipartThresholdBytes: THRESHOLD } });
}

function inVault(key: string, bytes = 1): void {
  pipeline.s3.put(VAULT, vaultPlace(SOURCE, key).key, 'x'.repeat(bytes));
}

function manyInVault(): void {
  for (let n = 0; n < OBJECTS; n++) inVault(`k${String(n).padStart(3, '0')}`);
}

type Message = ReturnType<Pipeline['message']>;

/** Asks for a restore. @returns the message of its first planning step */
async function planned(): Promise<Message> {
  const request = { source: sourceUri(SOURCE), target: sourceUri(TARGET), jobId: 'j1' };
  await pipeline.handle('restore', pipeline.message(JSON.stringify(request)));
  return nextStep();
}

function nextStep(): Message {
  const [body = ''] = pipeline.queue.take('restore');
  return pipeline.message(body);
}

function timeLeft(ms: number): void {
  pipeline.delivery = ({ id, receives }) => ({ messageId: id, receiveCount: receives, timeLeft: () => ms });
}

function sent(): RestoreBatch[] {
  return pipeline.queue.take('restoreWork').map((body) => JSON.parse(body));
}

function keysOf(batches: readonly RestoreBatch[]): string[][] {
  return batches.map(({ items }) => items.map(({ key }) => key));
}

async function progress() {
  const { openRanges, batchesQueued, counts } = await pipeline.job('j1');
  return { openRanges, batchesQueued, ...counts };
}

describe('a step of a restore’s plan', () => {
  it('sends small objects together and each large one by itself', async () => {
    for (const [key, bytes] of [
      ['a', 1],
      ['b', THRESHOLD + 1],
      ['c', THRESHOLD],
      ['d', 2 * THRESHOLD],
    ] as const)
      inVault(key, bytes);
    const step = await planned();
    await pipeline.handle('restore', step);
    const batches = sent();
    expect(keysOf(batches)).toEqual([['a', 'c'], ['b'], ['d']]);
    expect(batches.map(({ batch }) => batch)).toEqual(['0.0', '0.1', '0.2']);
    expect(await progress()).toEqual({
      openRanges: 1,
      batchesQueued: 3,
      planned: 4,
      plannedBytes: 1 + THRESHOLD + 1 + THRESHOLD + 2 * THRESHOLD,
    });
  });

  it('is followed by one for the keys too long for the vault, and that by none', async () => {
    inVault('a');
    await pipeline.handle('restore', await planned());
    const long = nextStep();
    expect(JSON.parse(long.body)).toEqual({ kind: 'plan', jobId: 'j1', step: '1', part: 'long' });
    await pipeline.handle('restore', long);
    expect(pipeline.queue.waiting('restore')).toEqual([]);
    expect(await progress()).toMatchObject({ openRanges: 0, planned: 1 });
  });

  it.each([
    [29_999, 100],
    [30_000, OBJECTS],
  ])('with %i ms left looks at %i keys: half a minute is kept for the end', async (ms, looked) => {
    manyInVault();
    const step = await planned();
    timeLeft(ms);
    await pipeline.handle('restore', step);
    expect(await progress()).toMatchObject({ planned: looked });
  });

  it('asks what it counted before only when it comes again', async () => {
    inVault('a');
    await pipeline.restore('j2');
    expect(pipeline.catalog.requests.count('getStep')).toBe(0);
  });

  it('of a job that has ended, or that nobody knows, does nothing', async () => {
    inVault('a');
    const step = await planned();
    await pipeline.catalog.finishJob('j1', { state: 'failed', finishedAt: 1 });
    await pipeline.handle('restore', step);
    await pipeline.handle('restore', pipeline.message(step.body.replace('j1', 'j9')));
    expect([sent(), pipeline.queue.waiting('restore')]).toEqual([[], []]);
    expect(pipeline.s3.requests.count('listVersions')).toBe(1); // to see, at the request, that the vault has any
  });

  it('that two handlers do at once is sent by the one that counted it', async () => {
    inVault('a');
    const step = await planned();
    let once = true;
    pipeline.catalog.requests.before = async (op) => {
      if (op !== 'completeStep' || !once) return;
      once = false;
      await pipeline.handle('restore', pipeline.message(step.body));
    };
    await pipeline.handle('restore', step);
    expect(keysOf(sent())).toEqual([['a']]);
    expect(pipeline.queue.waiting('restore')).toHaveLength(1);
  });
});

describe('a step of a restore’s plan that was counted, and died before it sent', () => {
  beforeEach(() => {
    given(120);
    manyInVault();
  });

  /** Does a step, whose handler dies at its first message. @returns what its second delivery sends */
  async function sentAgain(step: Message): Promise<string[][]> {
    pipeline.queue.requests.before = () => {
      pipeline.queue.requests.before = undefined;
      throw new Error('killed');
    };
    await expect(pipeline.handle('restore', step)).rejects.toThrow('killed');
    await pipeline.handle('restore', step);
    return keysOf(sent());
  }

  it('sends the same part again, up to where it ended', async () => {
    const keys = Array.from({ length: OBJECTS }, (_, n) => `k${String(n).padStart(3, '0')}`);
    const first = await planned();
    expect(await sentAgain(first)).toEqual([keys.slice(0, 100), keys.slice(100, 120)]);
    const second = nextStep();
    expect(await sentAgain(second)).toEqual([keys.slice(120, 220), keys.slice(220, 240)]);
    const third = nextStep();
    expect(await sentAgain(third)).toEqual([keys.slice(240)]);
    expect(JSON.parse(nextStep().body)).toMatchObject({ part: 'long', step: '3' });
    expect(await progress()).toMatchObject({ planned: OBJECTS, batchesQueued: 5 });
  });

  it('sends as many batches as it had counted, also when they would be fewer or more by now', async () => {
    given(1000);
    inVault('a');
    inVault('b', THRESHOLD + 1);
    const fewer = await planned();
    pipeline.queue.requests.before = () => {
      pipeline.queue.requests.before = undefined;
      // Within the second of the moment that is restored.
      inVault('b');
      throw new Error('killed');
    };
    await expect(pipeline.handle('restore', fewer)).rejects.toThrow('killed');
    await pipeline.handle('restore', fewer);
    const batches = sent();
    expect(batches.map(({ batch }) => batch)).toEqual(['0.0', '0.1']);
    expect(keysOf(batches).flat()).toEqual(['a', 'b']);
    expect(await progress()).toMatchObject({ batchesQueued: 2 });
  });

  it('sends all of the last part, which nothing follows', async () => {
    const long = (n: number) => `z${String(n).padStart(1023, '0')}`;
    pipeline = new Pipeline({ settings: { keysPerStep: 1000 } });
    await pipeline.protect();
    for (let n = 0; n < 60; n++) pipeline.s3.put(SOURCE, long(n), 'x');
    await pipeline.drain();
    await pipeline.handle('restore', await planned());
    const step = nextStep();
    const keys = (await sentAgain(step)).flat();
    expect(keys.toSorted()).toEqual(Array.from({ length: 60 }, (_, n) => long(n)));
  });
});
