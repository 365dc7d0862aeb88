import type { Usage } from '@holdfast/core/model/cost/usage.ts';
import { priceOf, total } from '@holdfast/core/model/cost/usage.ts';
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
  const stack = new ModelledStack({ settings, tuning, place: (key) => Number(key) / objects });
  stack.aws.s3.bucket('photos').eventBridge = false;
  for (let index = 0; index < objects; index++) stack.put(String(index).padStart(9, '0'));
  stack.aws.s3.bucket('photos').eventBridge = true;
  await stack.protect();
  return [
    await phase('first full backup', objects, stack, () => stack.reconcile('first')),
    await phase('unchanged reconcile', objects, stack, () => stack.reconcile('unchanged')),
    await phase('restore', objects, stack, () => stack.restore('restore')),
  ];
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
