import type { ThawingJob, ThawWait } from '../model/thaw-wait.ts';
import type { ThawPage } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import { partitionQuery, type Table } from './dynamo-table.ts';
import { THAWING, thawsOf, toItem } from './items.ts';
import { thawItem, thawingItem, thawingOf, waitOf } from './thaw-items.ts';

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
