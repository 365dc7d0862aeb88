import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Entry } from '../model/entry.ts';
import type { Job, JobEnd, JobPhase, Problem } from '../model/job.ts';
import type { Source, SourceTotals } from '../model/source.ts';
import type { ThawingJob, ThawWait } from '../model/thaw-wait.ts';
import type {
  Activity,
  Catalog,
  EntryPage,
  ListedStamp,
  SourcePatch,
  StepRecord,
  ThawPage,
} from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import { DynamoEntries } from './dynamo-entries.ts';
import { DynamoJobs } from './dynamo-jobs.ts';
import { DynamoSources } from './dynamo-sources.ts';
import { Table } from './dynamo-table.ts';
import { DynamoThaws } from './dynamo-thaws.ts';
import type { Pause } from './retry.ts';

export type DynamoCatalogConfig = {
  readonly table: string;
  /** How long the row of a deleted object is kept: as long as the vault keeps its copies. */
  readonly retentionDays: number;
  readonly now?: Clock;
  readonly pause?: Pause;
};

/** The catalog in one DynamoDB table, with partition key `pk`, sort key `sk` and the index `unprotected`. */
export class DynamoCatalog implements Catalog {
  readonly #entries: DynamoEntries;
  readonly #sources: DynamoSources;
  readonly #jobs: DynamoJobs;
  readonly #thaws: DynamoThaws;

  constructor(client: DynamoDBClient, config: DynamoCatalogConfig) {
    const table = new Table(client, config.table, config.pause);
    this.#entries = new DynamoEntries(table, config.retentionDays);
    this.#sources = new DynamoSources(table);
    this.#jobs = new DynamoJobs(table, config.now ?? Date.now);
    this.#thaws = new DynamoThaws(table, config.now ?? Date.now);
  }

  getEntry(source: string, key: string): Promise<Entry | undefined> {
    return this.#entries.get(source, key);
  }

  putEntry(entry: Entry, expectedRev: number | undefined): Promise<boolean> {
    return this.#entries.put(entry, expectedRev);
  }

  stampEntry(source: string, key: string, stamp: ListedStamp): Promise<boolean> {
    return this.#entries.stamp(source, key, stamp);
  }

  listEntries(
    source: string,
    options: { after?: string; prefix?: string; limit?: number } = {},
  ): Promise<EntryPage> {
    return this.#entries.list(source, options);
  }

  listUnprotected(source: string, options: { after?: string; limit?: number } = {}): Promise<EntryPage> {
    return this.#entries.listUnprotected(source, options);
  }

  getSource(source: string): Promise<Source | undefined> {
    return this.#sources.get(source);
  }

  putSource(source: Source): Promise<void> {
    return this.#sources.put(source);
  }

  patchSource(source: string, patch: SourcePatch): Promise<void> {
    return this.#sources.patch(source, patch);
  }

  moveCursor(source: string, to: number): Promise<boolean> {
    return this.#sources.moveCursor(source, to);
  }

  listSources(): Promise<Source[]> {
    return this.#sources.list();
  }

  addActivity(source: string, activity: Activity): Promise<void> {
    return this.#sources.addActivity(source, activity);
  }

  resetTotals(
    source: string,
    totals: Pick<SourceTotals, 'objects' | 'bytes' | 'unprotected'>,
  ): Promise<void> {
    return this.#sources.resetTotals(source, totals);
  }

  createJob(job: Job): Promise<boolean> {
    return this.#jobs.create(job);
  }

  getJob(id: string): Promise<Job | undefined> {
    return this.#jobs.get(id);
  }

  listJobs(): Promise<Job[]> {
    return this.#jobs.list();
  }

  completeStep(step: StepRecord): Promise<boolean> {
    return this.#jobs.completeStep(step);
  }

  getStep(jobId: string, step: string): Promise<StepRecord | undefined> {
    return this.#jobs.getStep(jobId, step);
  }

  listProblems(jobId: string): AsyncIterable<Problem> {
    return this.#jobs.problems(jobId);
  }

  enterDeletions(jobId: string, by: string, from: JobPhase): Promise<boolean> {
    return this.#jobs.enterDeletions(jobId, by, from);
  }

  addThaw(wait: ThawWait): Promise<boolean> {
    return this.#thaws.add(wait);
  }

  getThaw(jobId: string, id: string): Promise<ThawWait | undefined> {
    return this.#thaws.get(jobId, id);
  }

  patchThaw(jobId: string, id: string, patch: { done?: boolean; readyBy?: number }): Promise<void> {
    return this.#thaws.patch(jobId, id, patch);
  }

  listThaws(jobId: string, options: { after?: string; limit: number }): Promise<ThawPage> {
    return this.#thaws.list(jobId, options);
  }

  putThawingJob(job: ThawingJob): Promise<void> {
    return this.#thaws.putJob(job);
  }

  getThawingJob(jobId: string): Promise<ThawingJob | undefined> {
    return this.#thaws.getJob(jobId);
  }

  listThawingJobs(): Promise<ThawingJob[]> {
    return this.#thaws.listJobs();
  }

  finishJob(jobId: string, end: JobEnd): Promise<boolean> {
    return this.#jobs.finish(jobId, end);
  }
}
