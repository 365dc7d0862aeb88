import * as v from 'valibot';
import { messageReader } from '../../../model/messages.ts';
import type { Source } from '../../../model/source.ts';
import { ReconcileMessageSchema, sourceSchema } from './bucket-messages.ts';

const HOUR_MS = 60 * 60 * 1000;
/** How often a bucket is checked, and its canary written. The schedule is in templates/source.yaml. */
export const PULSE_MS = HOUR_MS;
/** A check that comes a while late, by retries, has not failed for that. */
const SLACK_MS = PULSE_MS / 2;

/** The hourly check of a bucket, as its schedule sends it; or only a look whether its canary has arrived. */
export const PulseSchema = v.object({
  kind: v.literal('pulse'),
  source: sourceSchema,
  /** How often the canary was looked for before. */
  readBack: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});
export type Pulse = v.InferOutput<typeof PulseSchema>;

/** Reads what the queue `reconcile` takes. @throws {InvalidInputError} for a body of another shape */
export const parseReconcileQueue = messageReader(
  'a reconcile',
  v.variant('kind', [ReconcileMessageSchema, PulseSchema]),
);

/** Up to when everything that was written is known to be in the vault: as the canary proves, or since when it should. */
export function provenUntil({ canary, proven }: Pick<Source, 'canary' | 'proven'>): number | undefined {
  return canary === undefined ? undefined : Math.max(canary.since, proven?.writtenAt ?? 0);
}

/** True when the canary of an earlier interval has not arrived: nothing is proven for longer than an interval. */
export function isCanaryLate(source: Pick<Source, 'canary' | 'proven'>, now: number): boolean {
  const until = provenUntil(source);
  return until !== undefined && now - until > PULSE_MS + SLACK_MS;
}

/** True when two intervals, and a while, have passed without a check that found all well. */
export function isPulseOverdue(
  { pulse, watchedSince = 0 }: Pick<Source, 'pulse' | 'watchedSince'>,
  now: number,
): boolean {
  return now - Math.max(watchedSince, pulse?.okAt ?? 0) > 2 * PULSE_MS + SLACK_MS;
}
