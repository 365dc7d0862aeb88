import { describe, expect, it } from 'vitest';
import { percentile } from '../../../bench/measure/statistics.ts';
import { runBackup } from '../../../bench/model/backup-scenario.ts';
import { runCapture } from '../../../bench/model/capture-scenario.ts';
import { SeededRandom } from '../../../bench/model/random.ts';
import { RateLimit } from '../../../bench/model/rate-limit.ts';
import { DEFAULTS } from '../../../bench/model/settings.ts';
import { VirtualTime } from '../../../bench/model/virtual-time.ts';

const BURST = { objects: 300, perSecond: Number.POSITIVE_INFINITY };

describe('virtual time', () => {
  it('rings alarms by their moment, then by when they were set', async () => {
    const time = new VirtualTime(1000);
    const rung: string[] = [];
    const alarm = (name: string, ms: number) => time.sleep(ms).then(() => rung.push(`${name}@${time.now}`));
    for (const [name, ms] of [
      ['late', 20],
      ['first', 5],
      ['second', 5],
      ['middle', 7.5],
    ] as const)
      void alarm(name, ms);

    await time.runUntil(() => rung.length === 4);

    expect(rung).toEqual(['first@1005', 'second@1005', 'middle@1008', 'late@1020']);
  });

  it('says so when nothing can happen any more', async () => {
    await expect(new VirtualTime(0).runUntil(() => false)).rejects.toThrow('no alarm is set');
  });
});

describe('the limits and spreads', () => {
  it('refuse what is more than a second serves, and serve again later', () => {
    const limit = new RateLimit(100);
    const taken = (now: number) =>
      Array.from({ length: 150 }, () => limit.take('a', 1, now)).filter(Boolean).length;

    expect([taken(0), taken(0), taken(500), taken(60_000)]).toEqual([100, 0, 50, 100]);
    expect(limit.take('b', 1, 0)).toBe(true);
  });

  it('have the median and the p99 that were asked for', () => {
    const random = new SeededRandom(7);
    const samples = Array.from({ length: 50_000 }, () => random.sample({ median: 40, p99: 200 }));

    expect(percentile(samples, 0.5) / 40).toBeCloseTo(1, 1);
    expect(percentile(samples, 0.99) / 200).toBeCloseTo(1, 1);
  });
});

describe('the modelled stack', () => {
  it('asks for each changed object once, and gives the same figures in every run', async () => {
    const result = await runCapture(BURST, DEFAULTS);
    const requests = Object.fromEntries(result.requests);

    expect(requests).toMatchObject({
      's3 HeadObject': 1,
      's3 CopyObject': 1,
      'dynamodb PutItem': 1,
      'eventbridge event': 1,
    });
    expect(result).toMatchObject({ dead: 0, throttled: 0 });
    expect(await runCapture(BURST, DEFAULTS)).toEqual(result);
  });

  it('is slower with fewer instances, and with less of a CPU', async () => {
    const stream = { objects: 1_000, perSecond: 200 };
    const whole = await runCapture(stream, DEFAULTS);

    expect((await runCapture(stream, DEFAULTS, { maximumConcurrency: 1 })).lag.p99).toBeGreaterThan(
      whole.lag.p99,
    );
    expect((await runCapture(stream, DEFAULTS, { memoryMiB: 64 })).lag.p99).toBeGreaterThan(whole.lag.p99);
  });

  it('loses nothing where the table refuses most requests', async () => {
    const limits = { ...DEFAULTS.limits, tableWriteUnits: 30 };
    const { throttled, dead, perSecond } = await runCapture(BURST, { ...DEFAULTS, limits });

    expect(throttled).toBeGreaterThan(0.5);
    expect(dead).toBe(0);
    expect(perSecond).toBeLessThan(60);
  });

  it('backs up, finds nothing changed, and restores', async () => {
    const [first, unchanged, restore] = await runBackup(250, DEFAULTS);

    expect(Object.fromEntries(first?.requests ?? [])).toMatchObject({
      's3 CopyObject': 1,
      's3 HeadObject': 1,
    });
    expect(Object.fromEntries(unchanged?.requests ?? [])).not.toHaveProperty('s3 CopyObject');
    // One look at each copy, and at the first object of each batch; of the others at the target, a listing tells.
    expect(Object.fromEntries(restore?.requests ?? [])).toMatchObject({
      's3 CopyObject': 1,
      's3 HeadObject': 1.012,
    });
  });
});
