import type { Usage } from '@holdfast/core/cost/usage.ts';
import { percentile } from '../measure/statistics.ts';
import type { Modelled } from './settings.ts';
import { ModelledStack, type Tuning } from './stack.ts';

/** Objects that change: so many, so many a second; Infinity puts all of them at once. */
export type Changes = { readonly objects: number; readonly perSecond: number };

export type CaptureResult = {
  readonly objects: number;
  /** From the first event's arrival to the last record. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Seconds from the arrival of the event in the queue to the record in the catalog. */
  readonly lag: { readonly p50: number; readonly p99: number };
  /** Seconds from the change itself. */
  readonly sinceChange: { readonly p50: number; readonly p99: number };
  readonly objectsPerInvocation: number;
  readonly usage: Usage;
  readonly requests: ReadonlyArray<readonly [string, number]>;
  readonly throttled: number;
  readonly dead: number;
};

/** New objects, one event each, until the last of them is in the catalog. */
export async function runCapture(
  changes: Changes,
  settings: Modelled,
  tuning: Tuning = {},
): Promise<CaptureResult> {
  const stack = new ModelledStack({ settings, tuning });
  const { time, catalog, ledger } = stack.aws;
  await stack.protect();
  const recorded = new Map<string, number>();
  catalog.requests.after = (name, args) => {
    if (name === 'putEntry') recorded.set((args[0] as { key: string }).key, time.now);
  };
  void produce(changes, stack);
  const { capture } = stack.queues;
  await time.runUntil(() => recorded.size + capture.dead.length >= changes.objects);
  const finished = time.now;
  // The last batches still write their totals and go back to wait.
  await time.run(5_000);
  const { requests, usage } = ledger.per(changes.objects);
  const seconds = (finished - firstArrival(stack)) / 1000;
  return {
    objects: changes.objects,
    perSecond: changes.objects / seconds,
    seconds,
    lag: percentiles(stack, recorded, ({ arrivesAt }) => arrivesAt),
    sinceChange: percentiles(stack, recorded, ({ changedAt }) => changedAt),
    objectsPerInvocation: changes.objects / stack.functions.changes.invocations,
    usage,
    requests,
    throttled: ledger.throttled / changes.objects,
    dead: capture.dead.length,
  };
}

async function produce({ objects, perSecond }: Changes, stack: ModelledStack): Promise<void> {
  const { time } = stack.aws;
  const start = time.now;
  for (let index = 0; index < objects; index++) {
    if (Number.isFinite(perSecond)) await time.until(start + (index / perSecond) * 1000);
    stack.put(`2026/${String(index).padStart(9, '0')}.jpg`);
  }
}

function firstArrival({ arrivals }: ModelledStack): number {
  return arrivals.values().reduce((earliest, { arrivesAt }) => Math.min(earliest, arrivesAt), Infinity);
}

function percentiles(
  { arrivals }: ModelledStack,
  recorded: ReadonlyMap<string, number>,
  since: (arrival: { readonly changedAt: number; readonly arrivesAt: number }) => number,
): { p50: number; p99: number } {
  const lags = [...recorded].flatMap(([key, at]) => {
    const arrival = arrivals.get(key);
    return arrival === undefined ? [] : [(at - since(arrival)) / 1000];
  });
  return { p50: percentile(lags, 0.5), p99: percentile(lags, 0.99) };
}
