import { captureEvents } from '@holdfast/core/kinds/s3/capture/capture-events.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../../../testing/pipeline.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline({ settings: { concurrency: 2 } });
  await pipeline.protect();
});

type Delivered = { body?: string; receiveCount?: number };

/** Delivers a batch once. @returns the numbers of the messages that have to come again */
async function deliver(messages: readonly Delivered[], timeLeft = 60_000): Promise<number[]> {
  const batch = messages.map(({ body = '', receiveCount = 1 }, n) => ({
    messageId: `${n}`,
    body,
    receiveCount,
  }));
  const sources = (uri: string) => pipeline.catalog.getSource(uri);
  const failed = await captureEvents(batch, () => timeLeft, { ...pipeline.world, sources });
  return failed.map(Number);
}

/** The bodies of the events that S3 has sent. */
function events(): string[] {
  return pipeline.events.splice(0).map(({ body }) => body);
}

function put(key: string, body = 'x', bucket = SOURCE): string {
  pipeline.s3.put(bucket, key, body);
  return events().at(-1) ?? '';
}

function totals(bucket = SOURCE) {
  return pipeline.catalog.getSource(sourceUri(bucket)).then((source) => source?.totals);
}

describe('a batch of events', () => {
  it('adds up to one write of its source', async () => {
    const at = pipeline.now;
    const bodies = [put('a', 'one'), put('b', 'two')];
    pipeline.pass(3);
    expect(await deliver(bodies.map((body) => ({ body })))).toEqual([]);
    expect(pipeline.catalog.requests.count('addActivity')).toBe(1);
    const source = await pipeline.catalog.getSource(sourceUri(SOURCE));
    expect(source?.totals).toMatchObject({ objects: 2, bytes: 6, captured: 2 });
    expect(source?.lastEventAt).toBe(at);
    expect(source?.lag).toEqual([0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
    expect(pipeline.telemetry.values('Lag')).toEqual([3000, 3000]);
  });

  it('of two sources adds to each its own', async () => {
    pipeline.s3.createBucket('second', { wired: true });
    await pipeline.catalog.putSource({
      ...((await pipeline.catalog.getSource(sourceUri(SOURCE))) ?? expect.fail()),
      source: 's3://second',
    });
    await deliver([{ body: put('a') }, { body: put('b', 'longer', 'second') }]);
    expect([(await totals())?.bytes, (await totals('second'))?.bytes]).toEqual([1, 6]);
  });

  it('has no lag below nothing when the clocks disagree', async () => {
    const body = put('a');
    pipeline.pass(-10);
    await deliver([{ body }]);
    expect((await pipeline.entry('a')).lagMs).toBe(0);
    expect(pipeline.telemetry.values('Lag')).toEqual([0]);
  });

  it('is done also when its totals cannot be written', async () => {
    pipeline.catalog.requests.before = (op) => {
      if (op === 'addActivity') throw new Error('throttled');
    };
    expect(await deliver([{ body: put('a') }])).toEqual([]);
    expect(pipeline.vaultText('a')).toBe('x');
  });

  it.each([
    [14_999, [0], undefined],
    [15_000, [], 'x'],
  ])('with %i ms left comes again: %j', async (left, again, text) => {
    expect(await deliver([{ body: put('a') }], left)).toEqual(again);
    expect(pipeline.vaultText('a')).toBe(text);
  });

  it('handles as many objects at the same time as it may', async () => {
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
    await deliver(Array.from({ length: 8 }, (_, n) => ({ body: put(`k${n}`) })));
    expect(most).toBe(2);
  });

  it('leaves out the vault’s own events, and asks nothing', async () => {
    pipeline.s3.createBucket('other', { wired: true });
    const body = put('a', 'x', 'other').replaceAll('other', VAULT);
    pipeline.s3.requests.resetCounts();
    expect(await deliver([{ body }])).toEqual([]);
    expect(pipeline.s3.requests.count()).toBe(0);
    expect(pipeline.catalog.requests.count('addActivity')).toBe(0);
  });
});

describe('what comes again of a batch', () => {
  it('is the events of a source whose row cannot be read, and no others', async () => {
    pipeline.s3.createBucket('second', { wired: true });
    pipeline.catalog.requests.before = (op, [uri]) => {
      if (op === 'getSource' && uri === 's3://second') throw new Error('throttled');
    };
    expect(await deliver([{ body: put('a') }, { body: put('b', 'x', 'second') }])).toEqual([1]);
    expect(pipeline.s3.keys(VAULT).filter((key) => key.startsWith('s3/'))).toEqual(['s3/photos/a']);
  });

  it('is every message of an object that failed, also those that another stood for', async () => {
    const [one, two, three] = [put('a', 'one'), put('a', 'two'), put('b')];
    pipeline.s3.requests.before = (op, [request]) => {
      const { to } = request as { to: { key: string } };
      if (op === 'copy' && to.key.endsWith('a')) throw new StoreError('unavailable', 'timed out');
    };
    expect(await deliver([{ body: one }, { body: two }, { body: three }])).toEqual([0, 1]);
    expect(pipeline.catalog.requests.count('putEntry')).toBe(1);
    expect((await totals())?.unprotected).toBe(0);
  });

  it('is a message of several objects of which one failed', async () => {
    const record = (key: string) => ({
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      eventTime: new Date(pipeline.now).toISOString(),
      s3: { bucket: { name: SOURCE }, object: { key } },
    });
    for (const key of ['a', 'b']) put(key);
    pipeline.s3.requests.before = (op, [request]) => {
      if (op === 'copy' && (request as { to: { key: string } }).to.key.endsWith('a'))
        throw new StoreError('unavailable', 'timed out');
    };
    expect(await deliver([{ body: JSON.stringify({ Records: [record('a'), record('b')] }) }])).toEqual([0]);
    expect(pipeline.vaultText('b')).toBe('x');
  });

  it('is none of what was deleted and never was in the vault', async () => {
    put('a');
    pipeline.s3.delete(SOURCE, 'a');
    expect(await deliver(events().map((body) => ({ body })))).toEqual([]);
  });

  it('is poison, and it is counted', async () => {
    expect(await deliver([{ body: 'poison' }, { body: put('a') }])).toEqual([0]);
    expect(pipeline.telemetry.values('Errors')).toEqual([1]);
  });

  it('counts nothing for what was never captured', async () => {
    const body = put('a');
    pipeline.s3.requests.before = () => {
      throw new StoreError('unavailable', 'timed out');
    };
    expect(await deliver([{ body }])).toEqual([0]);
    expect(pipeline.catalog.requests.count('addActivity')).toBe(0);
  });
});

describe('an event that fails', () => {
  it('is told of in the catalog at its last delivery, and counted', async () => {
    const body = put('a');
    pipeline.s3.requests.before = () => {
      throw new StoreError('unavailable', 'timed out');
    };
    expect(await deliver([{ body, receiveCount: 4 }])).toEqual([0]);
    expect(pipeline.catalog.requests.count('putEntry')).toBe(0);
    expect(await deliver([{ body, receiveCount: 5 }])).toEqual([0]);
    expect(await pipeline.entry('a')).toMatchObject({ reason: 'failed', detail: 'timed out' });
    expect((await totals())?.unprotected).toBe(1);
    expect(pipeline.telemetry.values('UnprotectedObjects')).toEqual([1]);
  });

  it('is only a message more in the dead-letter queue when the catalog does not answer either', async () => {
    const body = put('a');
    pipeline.catalog.requests.before = (op) => {
      if (op !== 'getSource') throw new Error('throttled');
    };
    expect(await deliver([{ body, receiveCount: 5 }])).toEqual([0]);
    pipeline.catalog.requests.before = undefined;
    expect((await totals())?.unprotected).toBe(0);
  });

  it.each([
    [1, [0]],
    [2, [0]],
    [3, []],
  ])('because access is denied comes again twice: delivery %i', async (receiveCount, again) => {
    const body = put('a');
    pipeline.s3.deny(SOURCE, 'a');
    expect(await deliver([{ body, receiveCount }])).toEqual(again);
  });

  it('because the object is archived does not: only a thaw helps', async () => {
    pipeline.s3.put(SOURCE, 'a', 'x', { storageClass: 'GLACIER' });
    expect(await deliver(events().map((body) => ({ body })))).toEqual([]);
  });
});

describe('an event that comes again', () => {
  it.each([
    ['the source, as a double', 1, 1],
    ['the vault too, as a message that comes again', 2, 2],
  ])('is held against %s', async (_, receiveCount, heads) => {
    const body = put('a');
    await deliver([{ body }]);
    pipeline.s3.requests.resetCounts();
    await deliver([{ body, receiveCount }]);
    expect(pipeline.s3.requests.counts()).toEqual({ head: heads });
  });

  it('costs nothing where it names a version that is recorded', async () => {
    pipeline = new Pipeline({ versioned: true });
    await pipeline.protect();
    const body = put('a');
    await deliver([{ body }]);
    pipeline.s3.requests.resetCounts();
    await deliver([{ body }]);
    expect(pipeline.s3.requests.counts()).toEqual({});
  });

  it.each([
    [2, 1],
    [1, 2],
  ])('counts for the others of its object: deliveries %i and %i', async (first, second) => {
    const bodies = [put('a', 'one'), put('a', 'two')];
    await deliver([{ body: bodies[1] ?? '' }]);
    pipeline.s3.requests.resetCounts();
    await deliver([
      { body: bodies[0] ?? '', receiveCount: first },
      { body: bodies[1] ?? '', receiveCount: second },
    ]);
    expect(pipeline.s3.requests.count('head')).toBe(2);
  });
});
