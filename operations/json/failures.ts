import { QUEUES } from '@holdfast/core/model/queues.ts';
import * as v from 'valibot';
import { Moment } from './moment.ts';

const Queue = v.picklist(QUEUES);

/** One message that was given up after its retries. */
const FailureSchema = v.strictObject({
  queue: Queue,
  messageId: v.string(),
  sentAt: Moment,
  /** What it asked for, in words. */
  what: v.string(),
  /** False for a message that no handler understands: sending it again will not help. */
  readable: v.boolean(),
  /** The first objects it is about, and what the catalog says of them. */
  objects: v.array(
    v.strictObject({
      source: v.string(),
      key: v.string(),
      state: v.nullable(v.string()),
      reason: v.nullable(v.string()),
      detail: v.nullable(v.string()),
    }),
  ),
});
export type Failure = v.InferOutput<typeof FailureSchema>;

export const FailuresSchema = v.strictObject({
  failures: v.array(FailureSchema),
  /** About so many more there are beyond those listed. */
  further: v.number(),
});
export type Failures = v.InferOutput<typeof FailuresSchema>;

/** `failures --redrive`. */
export const RedrivenSchema = v.strictObject({
  redriven: v.array(v.strictObject({ queue: Queue, messages: v.number() })),
  total: v.number(),
});
export type Redriven = v.InferOutput<typeof RedrivenSchema>;
