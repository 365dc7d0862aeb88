import { measure, Tally } from '@holdfast/core/catalog/tally.ts';
import type { CaptureOutcome } from '@holdfast/core/model/capture-outcome.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import { describe, expect, it } from 'vitest';
import { Pipeline } from '../../../testing/pipeline.ts';

const entry = (state: Entry['state'], size?: number): Entry => ({
  source: 's3://b',
  key: 'k',
  state,
  rev: 1,
  updatedAt: 0,
  ...(size === undefined ? {} : { size }),
});
const outcome = (kind: CaptureOutcome['kind'], before?: Entry, after?: Entry): CaptureOutcome => ({
  kind,
  before,
  after,
});

const NEW = outcome('captured', undefined, entry('current', 10));
const CHANGED = outcome('captured', entry('current', 10), entry('current', 35));
const MENDED = outcome('captured', entry('unprotected', 10), entry('current', 10));
const LOST = outcome('unprotected', entry('current', 10), entry('unprotected', 20));
const GONE = outcome('deleted', entry('current', 10), entry('deleted', 10));
const NEVER_THERE = outcome('vanished', undefined, entry('deleted'));
const SAME = outcome('unchanged', entry('current', 10), entry('current', 10));
const NOTHING = { objects: 0, bytes: 0, unprotected: 0, captured: 0, deleted: 0 };

describe('what a batch adds to its source', () => {
  it.each([
    ['a new object', NEW, { objects: 1, bytes: 10, captured: 1 }],
    ['a changed object', CHANGED, { bytes: 25, captured: 1 }],
    ['one that can be read again', MENDED, { objects: 1, bytes: 10, unprotected: -1, captured: 1 }],
    ['one that cannot be read any more', LOST, { objects: -1, bytes: -10, unprotected: 1 }],
    ['a deletion', GONE, { objects: -1, bytes: -10, deleted: 1 }],
    ['what was gone before it was captured', NEVER_THERE, {}],
    ['what changed nothing', SAME, {}],
    [
      'a copy whose size nobody wrote down',
      outcome('captured', undefined, entry('current')),
      { objects: 1, captured: 1 },
    ],
  ])('for %s', (_what, one, totals) => {
    const tally = new Tally();
    tally.add(one);
    expect(tally.activity()?.totals).toEqual({ ...NOTHING, ...totals });
  });

  it('is the sum of all, with their lags and the time of the newest event', () => {
    const tally = new Tally();
    tally.add(NEW, 900, 5000);
    tally.add(GONE, 950, 7000);
    tally.add(CHANGED, 1500, 6000);
    tally.add(LOST, 900, 1000);
    tally.add(SAME, 900);
    expect(tally.activity()).toEqual({
      totals: { objects: -1, bytes: 15, unprotected: 1, captured: 2, deleted: 1 },
      lag: [2, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      places: { 0: 'k' },
      lastEventAt: 7000,
    });
  });

  it('has no lag, and no newest event, of what no event told of', () => {
    const tally = new Tally();
    tally.add(NEW);
    expect(tally.activity()).toEqual({
      totals: { ...NOTHING, objects: 1, bytes: 10, captured: 1 },
      lag: Array(10).fill(0),
    });
  });

  it('names the last key of each place that an event told of', () => {
    const tally = new Tally();
    const of = (key: string) => ({ ...NEW, after: { ...NEW.after, key } }) as CaptureOutcome;
    for (const key of ['a/1', 'a/2', 'b/1']) tally.add(of(key), 700, 5);
    tally.add(of('c/1'));
    tally.add({ ...GONE, after: { ...GONE.after, key: 'd/1' } } as CaptureOutcome, 700, 5);
    expect(Object.values(tally.activity()?.places ?? {}).sort()).toEqual(['a/2', 'b/1']);
  });

  it('is nothing when nothing was counted', () => {
    expect(new Tally().activity()).toBeUndefined();
  });
});

describe('the metrics of an outcome', () => {
  it.each<[string, CaptureOutcome, Record<string, number>]>([
    ['captured', CHANGED, { CapturedObjects: 1, CapturedBytes: 35, Lag: 700 }],
    ['deleted', GONE, { DeletedObjects: 1, ChangedObjects: 1, Lag: 700 }],
    ['unprotected', LOST, { UnprotectedObjects: 1 }],
    ['unchanged', SAME, {}],
    ['vanished', NEVER_THERE, {}],
  ])('are those of one that is %s', (_kind, one, metrics) => {
    expect(metricsOf(one, 700)).toEqual(metrics);
    const { Lag: _lag, ...without } = metrics;
    expect(metricsOf(one, undefined)).toEqual(without);
  });

  function metricsOf(one: CaptureOutcome, lagMs: number | undefined): Record<string, number> {
    const emitted: Record<string, number> = {};
    const { telemetry } = new Pipeline();
    telemetry.metric = (name, value) => {
      emitted[name] = value;
    };
    measure(one, 's3://photos', lagMs, telemetry);
    return emitted;
  }
});
