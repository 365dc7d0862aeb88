import { type ThawingJob, ThawingJobSchema, type ThawWait, ThawWaitSchema } from '../model/thaw-wait.ts';
import { expiry, type Item, parseRow, THAWING, thawsOf, toItem, toRow } from './items.ts';

// Longer than any thaw takes, with its patience; of a job that has ended, a day for events that come late.
const WAIT_DAYS = 30;
const ENDED_DAYS = 1;

export function thawItem({ jobId, id, ...fields }: ThawWait, now: number): Item {
  return toItem({ pk: thawsOf(jobId), sk: id, jobId, ...fields, expiresAt: expiry(now, WAIT_DAYS) });
}

export function waitOf(item: Item): ThawWait {
  const row = toRow(item);
  return parseRow(ThawWaitSchema, { ...row, id: row['sk'] });
}

export function thawingItem({ jobId, ...fields }: ThawingJob, now: number): Item {
  const days = fields.ended ? ENDED_DAYS : WAIT_DAYS;
  return toItem({ pk: THAWING, sk: jobId, ...fields, expiresAt: expiry(now, days) });
}

export function thawingOf(item: Item): ThawingJob {
  const row = toRow(item);
  return parseRow(ThawingJobSchema, { ...row, jobId: row['sk'] });
}
