import type { Usage } from '@holdfast/core/cost/usage.ts';
import { priceOf, total } from '@holdfast/core/cost/usage.ts';
import type { Modelled } from './settings.ts';
import { ModelledStack, type Tuning } from './stack.ts';

export type Phase = {
  readonly name: 'first full backup' | 'unchanged reconcile' | 'restore';
  readonly objects: number;
  /** Virtual seconds from the message to the end of the job. */
  readonly seconds: number;
  /** Of those, seconds in which something was still listed. */
  readonly listingSeconds: number;
  readonly dollars: number;
  readonly requests: ReadonlyArray<readonly [string, number]>;
  readonly usage: Usage;
  readonly throttled: number;
  readonly conflicts: number;
};

/** A bucket that is there already: backed up, looked at again with nothing changed, restored into another one. */
export async function runBackup(objects: number, settings: Modelled, tuning: Tuning = {}): Promise<Phase[]> {
  const stack = new ModelledStack({ settings, tuning, place: placeOfSpread });
  stack.fill(spreadKeys(objects));
  await stack.protect();
  return [
    await phase('first full backup', objects, stack, () => stack.reconcile('first')),
    await phase('unchanged reconcile', objects, stack, () => stack.reconcile('unchanged')),
    await phase('restore', objects, stack, () => stack.restore('restore')),
  ];
}

/** Only the reconcile of a bucket that is backed up already. */
export async function runUnchanged(
  keys: () => Iterable<string>,
  objects: number,
  settings: Modelled,
): Promise<Phase> {
  const stack = new ModelledStack({ settings });
  stack.fill(keys());
  await stack.protect();
  await stack.record(keys());
  return phase('unchanged reconcile', objects, stack, () => stack.reconcile('unchanged'));
}

/** Keys that begin differently, as those that begin with a hash or an id. */
export function* spreadKeys(objects: number): Generator<string> {
  for (let index = 0; index < objects; index++) yield `${hash(index).toString(16).padStart(8, '0')}/${index}`;
}

/** Keys that all begin alike, as those below one folder, or with a date. */
export function* likeKeys(objects: number): Generator<string> {
  for (let index = 0; index < objects; index++) yield `2026/${String(index).padStart(9, '0')}.jpg`;
}

function hash(index: number): number {
  return Math.imul(index + 1, 2_654_435_761) >>> 0;
}

function placeOfSpread(key: string): number {
  const place = Number.parseInt(key.slice(0, 8), 16) / 2 ** 32;
  return Number.isNaN(place) ? 0 : place;
}

async function phase(
  name: Phase['name'],
  objects: number,
  { aws, functions }: ModelledStack,
  work: () => Promise<unknown>,
): Promise<Phase> {
  aws.ledger.reset();
  const started = aws.time.now;
  const lister = name === 'restore' ? functions.plan : functions.reconcile;
  await work();
  const seconds = (aws.time.now - started) / 1000;
  const listingSeconds = (lister.lastEnd - started) / 1000;
  // What is being finished beside the job's end belongs to it.
  await aws.time.run(5_000);
  const { requests } = aws.ledger.per(objects);
  return {
    name,
    objects,
    seconds,
    listingSeconds: Math.min(listingSeconds, seconds),
    dollars: total(priceOf(aws.ledger.usage)),
    requests,
    usage: aws.ledger.usage,
    throttled: aws.ledger.throttled,
    conflicts: aws.ledger.conflicts,
  };
}
