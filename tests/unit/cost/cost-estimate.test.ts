import { type Requests, sumRequests } from '@holdfast/core/cost/requests.ts';
import { takeInventory } from '@holdfast/core/cost/take-inventory.ts';
import {
  CANARY,
  captureChanges,
  firstBackup,
  fullRestore,
  hourlyCheck,
  keepAclChanges,
  keepTagChanges,
  readAcls,
  scheduledComparison,
} from '@holdfast/core/cost/work.ts';
import { PAGES_AT_PLACES, PAGES_ROUND } from '@holdfast/core/kinds/s3/pulse/look-at-places.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE } from '../../../testing/pipeline.ts';

const COPIES = { multipartThresholdBytes: 20, partBytes: 8 };
const WORK = { keysPerStep: 500 };
const SMALL = 2_300;
const LARGE = 40;
const ARCHIVED = 20;

let pipeline: Pipeline;

beforeEach(async () => {
  pipeline = new Pipeline({ settings: { ...COPIES, ...WORK, maxRanges: 8 } });
  for (let index = 0; index < SMALL; index++) pipeline.s3.put(SOURCE, keyOf(index), 'small');
  for (let index = 0; index < LARGE; index++) pipeline.s3.put(SOURCE, keyOf(index, 'large'), 'x'.repeat(50));
  for (let index = 0; index < ARCHIVED; index++) {
    pipeline.s3.put(SOURCE, keyOf(index, 'cold'), 'cold', { storageClass: 'GLACIER' });
  }
  pipeline.events.splice(0);
  await pipeline.protect();
});

/** Keys from all over the alphabet, so that ranges can be cut. */
function keyOf(index: number, kind = 'a'): string {
  return `${String.fromCharCode(65 + (index % 50))}/${kind}-${index}`;
}

/** What the pipeline asks its ports for while it works; queues are left out: there are none in memory to poll. */
async function requestsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const { s3, catalog } = pipeline;
  s3.requests.resetCounts();
  catalog.requests.resetCounts();
  await work();
  return { ...s3.requests.counts(), ...catalog.requests.counts() };
}

/** The same of an estimate. */
function portRequests({ queue: _q, event: _e, emptyPage = 0, ...rest }: Requests): Record<string, number> {
  return emptyPage === 0 ? rest : { ...rest, listEntries: emptyPage };
}

function sum(requests: Record<string, number>): number {
  return Object.values(requests).reduce((all, n) => all + n, 0);
}

/** What there is one of for each object or more has to be right by itself, and so has the sum. */
function expectClose(estimated: Requests, real: Record<string, number>): void {
  const expected = portRequests(estimated);
  const kinds = new Set([...Object.keys(real), ...Object.keys(expected)]);
  const off = [...kinds].filter((kind) => {
    const [is = 0, says = 0] = [real[kind], expected[kind]];
    return Math.max(is, says) >= 100 && Math.abs(is - says) > 0.05 * is;
  });
  expect(off.map((kind) => [kind, expected[kind], real[kind]])).toEqual([]);
  expect(Math.abs(sum(expected) - sum(real)) / sum(real)).toBeLessThan(0.05);
}

const inventory = () => takeInventory({ bucket: SOURCE }, { copies: COPIES }, pipeline);

describe('the estimate of requests', () => {
  it('is what the first backup asks for, within 5 %', async () => {
    const estimated = firstBackup(await inventory(), WORK);

    expectClose(estimated, await requestsOf(() => pipeline.reconcile('first')));
  });

  it('is what a reconcile with nothing changed asks for', async () => {
    await pipeline.reconcile('first');
    const real = await requestsOf(() => pipeline.reconcile('again', { trigger: 'schedule' }));
    const estimated = portRequests(scheduledComparison(SMALL + LARGE + ARCHIVED, WORK));

    // So few that a page more or less is more than 5 %; there is none for each object.
    expect(Math.abs(sum(estimated) - sum(real))).toBeLessThanOrEqual(4);
    expect(Object.keys(estimated).sort()).toEqual(Object.keys(real).sort());
  });

  it('is what changes ask for, each alone in its batch', async () => {
    await pipeline.reconcile('first');
    const whole = await inventory();
    const real = await requestsOf(async () => {
      for (let index = 0; index < 300; index++) {
        pipeline.s3.put(SOURCE, keyOf(index), `changed ${index}`);
        await pipeline.deliverEvents();
      }
    });
    const smallOnly = { ...whole, large: { objects: 0, bytes: 0, parts: 0 } };

    // The row of the source is remembered by the functions, not by this pipeline.
    expectClose(captureChanges(300, smallOnly), { ...real, getSource: 0 });
  });

  it('is what an hourly check asks for, and a canary, at most', async () => {
    await pipeline.reconcile('first');
    pipeline.pass(3600);
    // A bucket whose every page is looked at.
    await pipeline.catalog.patchSource('s3://photos', { places: { 0: 'C/x', 1: 'q/x', 2: '~', 3: 'R/x' } });
    const { ensure, ...check } = portRequests(hourlyCheck(SMALL + LARGE + ARCHIVED));
    const real = await requestsOf(() => pipeline.pulse());
    expect(ensure).toBe(1);
    for (const [kind, n = 0] of Object.entries(real))
      expect([kind, n <= (check[kind] ?? 0) + 1]).toEqual([kind, true]);
    expect(hourlyCheck(10_000_000)).toMatchObject({ list: PAGES_ROUND + PAGES_AT_PLACES });
  });

  it('is what a canary asks for, the whole way and back', async () => {
    pipeline = new Pipeline();
    await pipeline.protect({ canary: { key: 'x/holdfast-canary', since: pipeline.now } });
    pipeline.pass(3600);
    const { queue } = pipeline;
    const real = await requestsOf(async () => {
      await pipeline.pulse();
      await queue.send(
        'reconcile',
        queue.delayed.splice(0).map(({ body }) => body),
      );
      await pipeline.drain();
    });
    // The first one has no other before it to read; the functions remember the row that capture reads, and this test reads it once.
    const { getSource, getEntry, ensure: _, ...canary } = portRequests(sumRequests([CANARY, hourlyCheck(0)]));
    expect(real).toMatchObject({ ...canary, getSource: (getSource ?? 0) + 2, getEntry });
  });

  it('is what changes of tags ask for, each alone in its batch', async () => {
    await pipeline.reconcile('first');
    const whole = await inventory();
    for (let index = 0; index < 300; index++) pipeline.s3.tag(SOURCE, keyOf(index), { stage: 'raw' });
    await pipeline.drain();
    const real = await requestsOf(async () => {
      for (let index = 0; index < 300; index++) {
        pipeline.s3.tag(SOURCE, keyOf(index), { stage: 'done' });
        await pipeline.deliverEvents();
      }
    });

    expectClose(keepTagChanges(300, whole), { ...real, getSource: 0 });
  });

  it('is what changes of tags of large objects ask for', async () => {
    await pipeline.reconcile('first');
    const whole = await inventory();
    const large = { ...whole, bands: whole.bands.map((_, n) => ({ objects: n === 3 ? 40 : 0, bytes: 0 })) };
    const tagAll = async (stage: string) => {
      for (let round = 0; round < 3; round++)
        for (let index = 0; index < LARGE; index++) {
          pipeline.s3.tag(SOURCE, keyOf(index, 'large'), { stage: `${stage} ${round}` });
          await pipeline.deliverEvents();
        }
    };
    await tagAll('raw');
    const { head = 0, getTags = 0, ...real } = await requestsOf(() => tagAll('done'));

    // The tags of the copy are in the record, and where there are no versions the source is looked at once more.
    expect([head, getTags]).toEqual([4 * 3 * LARGE, 3 * LARGE]);
    const estimated = { ...keepTagChanges(3 * LARGE, large), head: 0, getTags: 0 };
    expectClose(estimated, { ...real, getSource: 0 });
  });

  it('is what ACLs that are remembered ask for: a request an object, and what their changes do', async () => {
    pipeline.s3.bucket(SOURCE).ownership = 'ObjectWriter';
    await pipeline.protect({ acls: { since: pipeline.now } });
    const whole = await inventory();
    const first = sumRequests([firstBackup(whole, WORK), readAcls(SMALL + LARGE, 0)]);
    expectClose(first, await requestsOf(() => pipeline.reconcile('first')));

    const smallOnly = { ...whole, large: { objects: 0, bytes: 0, parts: 0 } };
    const changed = await requestsOf(async () => {
      for (let index = 0; index < 300; index++) {
        pipeline.s3.put(SOURCE, keyOf(index), `changed ${index}`);
        await pipeline.deliverEvents();
      }
    });
    const estimated = sumRequests([captureChanges(300, smallOnly), readAcls(300, 300)]);
    expectClose(estimated, { ...changed, getSource: 0 });

    const grantAll = async (may: 'READ' | 'READ_ACP') => {
      for (let index = 0; index < 300; index++) {
        pipeline.s3.grant(SOURCE, keyOf(index), [{ to: 'f'.repeat(64), may }]);
        await pipeline.deliverEvents();
      }
    };
    await grantAll('READ');
    const { head = 0, ...granted } = await requestsOf(() => grantAll('READ_ACP'));
    // Where there are no versions, the source is looked at once more.
    expect(head).toBe(4 * 300);
    expectClose({ ...keepAclChanges(300), head: 0 }, { ...granted, getSource: 0 });
  });

  it('is what a full restore asks for, within 5 %', async () => {
    const estimated = fullRestore(await inventory(), WORK);
    await pipeline.reconcile('first');

    expectClose(estimated, await requestsOf(() => pipeline.restore('all')));
  });
});
