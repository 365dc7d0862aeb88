import { HoldfastError } from '../model/errors.ts';
import type { Job, JobEnd, JobPhase, Problem } from '../model/job.ts';
import type { StepRecord } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { Table } from './dynamo-table.ts';
import { JOBS, stepsOf } from './items.ts';
import { jobItem, jobOf, progressFields, stepItem, stepOf } from './job-items.ts';

/** The rows of jobs and of their steps. */
export class DynamoJobs {
  readonly #table: Table;
  readonly #now: Clock;

  constructor(table: Table, now: Clock) {
    this.#table = table;
    this.#now = now;
  }

  create(job: Job): Promise<boolean> {
    return this.#table.put(jobItem(job), { exists: false });
  }

  async get(id: string): Promise<Job | undefined> {
    const item = await this.#table.get(rowOf(id));
    return item && jobOf(item);
  }

  async list(): Promise<Job[]> {
    return (await Array.fromAsync(this.#table.partition(JOBS))).map(jobOf);
  }

  async completeStep(step: StepRecord): Promise<boolean> {
    const change = { add: progressFields(step.progress) };
    const failed = await this.#table.putAndUpdate(stepItem(step, this.#now()), rowOf(step.jobId), change);
    if (failed === 'update') throw new HoldfastError(`there is no job ${step.jobId}`, 'fatal');
    return failed === undefined;
  }

  async getStep(jobId: string, step: string): Promise<StepRecord | undefined> {
    const item = await this.#table.get({ pk: stepsOf(jobId), sk: step });
    return item && stepOf(item, jobId);
  }

  async *problems(jobId: string): AsyncGenerator<Problem> {
    for await (const item of this.#table.partition(stepsOf(jobId))) yield* stepOf(item, jobId).problems;
  }

  enterDeletions(jobId: string, by: string, from: JobPhase): Promise<boolean> {
    const set = { phase: 'deletions', openRanges: 1, deletionsBy: by };
    return this.#table.update(rowOf(jobId), { set }, { equals: { phase: from, state: 'running' } });
  }

  finish(jobId: string, end: JobEnd): Promise<boolean> {
    return this.#table.update(rowOf(jobId), { set: end }, { equals: { state: 'running' } });
  }
}

function rowOf(jobId: string) {
  return { pk: JOBS, sk: jobId };
}
