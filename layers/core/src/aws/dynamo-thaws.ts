import { type ThawingJob, ThawingJobSchema, type ThawWait, ThawWaitSchema } from '../model/thaw-wait.ts';
import type { ThawPage } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import { partitionQuery, type Table } from './dynamo-table.ts';
import { expiry, type Item, parseRow, THAWING, thawsOf, toItem, toRow } from './items.ts';

/** The rows of what restores wait for. */
export class DynamoThaws {
  readonly #table: Table;
  readonly #now: Clock;

  constructor(table: Table, now: Clock) {
    this.#table = table;
    this.#now = now;
  }

  add(wait: ThawWait): Promise<boolean> {
    return this.#table.put(thawItem(wait, this.#now()), { exists: false });
  }

  async get(jobId: string, id: string): Promise<ThawWait | undefined> {
    const item = await this.#table.get({ pk: thawsOf(jobId), sk: id });
    return item && waitOf(item);
  }

  async patch(jobId: string, id: string, set: { done?: boolean; readyBy?: number }): Promise<void> {
    await this.#table.update({ pk: thawsOf(jobId), sk: id }, { set }, { exists: true });
  }

  async list(jobId: string, { after, limit }: { after?: string; limit: number }): Promise<ThawPage> {
    const pk = thawsOf(jobId);
    const { items, next } = await this.#table.query({
      ...partitionQuery(pk),
      ConsistentRead: true,
      Limit: limit,
      ...(after === undefined ? {} : { ExclusiveStartKey: toItem({ pk, sk: after }) }),
    });
    return { waits: items.map(waitOf), more: next !== undefined };
  }

  async putJob(job: ThawingJob): Promise<void> {
    await this.#table.put(thawingItem(job, this.#now()));
  }

  async getJob(jobId: string): Promise<ThawingJob | undefined> {
    const item = await this.#table.get({ pk: THAWING, sk: jobId });
    return item && thawingOf(item);
  }

  async listJobs(): Promise<ThawingJob[]> {
    return (await Array.fromAsync(this.#table.partition(THAWING))).map(thawingOf);
  }
}

// Longer than any thaw takes, with its patience; of a job that has ended, a day for events that come late.
const WAIT_DAYS = 30;
const ENDED_DAYS = 1;

function thawItem({ jobId, id, ...fields }: ThawWait, now: number): Item {
  return toItem({ pk: thawsOf(jobId), sk: id, jobId, ...fields, expiresAt: expiry(now, WAIT_DAYS) });
}

function waitOf(item: Item): ThawWait {
  const row = toRow(item);
  return parseRow(ThawWaitSchema, { ...row, id: row['sk'] });
}

function thawingItem({ jobId, ...fields }: ThawingJob, now: number): Item {
  const days = fields.ended ? ENDED_DAYS : WAIT_DAYS;
  return toItem({ pk: THAWING, sk: jobId, ...fields, expiresAt: expiry(now, days) });
}

function thawingOf(item: Item): ThawingJob {
  const row = toRow(item);
  return parseRow(ThawingJobSchema, { ...row, jobId: row['sk'] });
}
