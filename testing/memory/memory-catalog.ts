import { type Entry, EntrySchema } from '@holdfast/core/model/entry.ts';
import { HoldfastError } from '@holdfast/core/model/errors.ts';
import { type Job, type JobEnd, type JobPhase, JobSchema, type Problem } from '@holdfast/core/model/job.ts';
import { emptyLag } from '@holdfast/core/model/lag.ts';
import { type Source, SourceSchema, type SourceTotals } from '@holdfast/core/model/source.ts';
import {
  type ThawingJob,
  ThawingJobSchema,
  type ThawWait,
  ThawWaitSchema,
} from '@holdfast/core/model/thaw-wait.ts';
import type {
  Activity,
  Catalog,
  EntryPage,
  ListedStamp,
  SourcePatch,
  StepRecord,
  ThawPage,
} from '@holdfast/core/ports/catalog.ts';
import { addCounts, addTotals, patched, placesOf, record } from './catalog-rows.ts';
import { Requests } from './requests.ts';
import { SortedMap } from './sorted-map.ts';

const PAGE = 1000;
type ListOptions = { after?: string; prefix?: string; limit?: number };

/** The catalog in memory. What goes in and out are copies, checked as the table's items are. */
export class MemoryCatalog implements Catalog {
  readonly requests = new Requests<keyof Catalog>();
  readonly #entries = new Map<string, SortedMap<Entry>>();
  readonly #sources = new SortedMap<Source>();
  readonly #jobs = new Map<string, Job>();
  readonly #steps = new Map<string, Map<string, StepRecord>>();
  readonly #thaws = new Map<string, SortedMap<ThawWait>>();
  readonly #thawing = new SortedMap<ThawingJob>();
  readonly #pageSize: number;

  /** @param options.pageSize entries in one answer, as far as the table's own bound goes */
  constructor({ pageSize = PAGE }: { readonly pageSize?: number } = {}) {
    this.#pageSize = pageSize;
  }

  getEntry(source: string, key: string): Promise<Entry | undefined> {
    return this.requests.run('getEntry', [source, key], () => structuredClone(this.#of(source).get(key)));
  }

  putEntry(entry: Entry, expectedRev: number | undefined): Promise<boolean> {
    return this.requests.run('putEntry', [entry, expectedRev], () => {
      const rows = this.#of(entry.source);
      if (rows.get(entry.key)?.rev !== expectedRev) return false;
      rows.set(entry.key, record(EntrySchema, entry));
      return true;
    });
  }

  stampEntry(source: string, key: string, { etag, listedAt }: ListedStamp): Promise<boolean> {
    return this.requests.run('stampEntry', [source, key, { etag, listedAt }], () => {
      const rows = this.#of(source);
      const entry = rows.get(key);
      if (entry?.state !== 'current' || entry.etag !== etag) return false;
      rows.set(key, record(EntrySchema, { ...entry, listedAt, rev: entry.rev + 1 }));
      return true;
    });
  }

  listEntries(source: string, options: ListOptions = {}): Promise<EntryPage> {
    return this.requests.run('listEntries', [source, options], () => this.#page(source, options, () => true));
  }

  listUnprotected(source: string, options: ListOptions = {}): Promise<EntryPage> {
    return this.requests.run('listUnprotected', [source, options], () =>
      this.#page(source, options, (entry) => entry.state === 'unprotected'),
    );
  }

  getSource(source: string): Promise<Source | undefined> {
    return this.requests.run('getSource', [source], () => structuredClone(this.#sources.get(source)));
  }

  putSource(source: Source): Promise<void> {
    return this.requests.run('putSource', [source], () =>
      this.#sources.set(source.source, record(SourceSchema, source)),
    );
  }

  patchSource(source: string, patch: SourcePatch): Promise<void> {
    return this.requests.run('patchSource', [source, patch], () =>
      this.#change(source, (row) => patched(row, patch)),
    );
  }

  moveCursor(source: string, to: number): Promise<boolean> {
    return this.requests.run('moveCursor', [source, to], () => {
      const row = this.#sources.get(source);
      if (row === undefined || (row.cursor ?? Number.NEGATIVE_INFINITY) >= to) return false;
      this.#sources.set(source, record(SourceSchema, { ...row, cursor: to }));
      return true;
    });
  }

  listSources(): Promise<Source[]> {
    return this.requests.run('listSources', [], () =>
      [...this.#sources.walk()].map(([, source]) => structuredClone(source)),
    );
  }

  addActivity(source: string, activity: Activity): Promise<void> {
    return this.requests.run('addActivity', [source, activity], () =>
      this.#change(source, (row) => ({
        ...row,
        totals: addTotals(row.totals, activity.totals),
        lag: row.lag.map((n, bucket) => n + (activity.lag[bucket] ?? 0)),
        ...(activity.lastEventAt === undefined ? {} : { lastEventAt: activity.lastEventAt }),
        ...placesOf(row, activity),
      })),
    );
  }

  resetTotals(
    source: string,
    totals: Pick<SourceTotals, 'objects' | 'bytes' | 'unprotected'>,
  ): Promise<void> {
    return this.requests.run('resetTotals', [source, totals], () =>
      this.#change(source, (row) => ({ ...row, totals: { ...row.totals, ...totals }, lag: emptyLag() })),
    );
  }

  createJob(job: Job): Promise<boolean> {
    return this.requests.run('createJob', [job], () => {
      if (this.#jobs.has(job.id)) return false;
      this.#jobs.set(job.id, record(JobSchema, job));
      return true;
    });
  }

  getJob(id: string): Promise<Job | undefined> {
    return this.requests.run('getJob', [id], () => structuredClone(this.#jobs.get(id)));
  }

  listJobs(): Promise<Job[]> {
    return this.requests.run('listJobs', [], () => structuredClone([...this.#jobs.values()]));
  }

  completeStep(step: StepRecord): Promise<boolean> {
    return this.requests.run('completeStep', [step], () => {
      const steps = this.#stepsOf(step.jobId);
      const job = this.#jobs.get(step.jobId);
      if (steps.has(step.step)) return false;
      if (job === undefined) throw new HoldfastError(`there is no job ${step.jobId}`, 'fatal');
      steps.set(step.step, structuredClone(step));
      this.#jobs.set(job.id, addCounts(job, step.progress));
      return true;
    });
  }

  getStep(jobId: string, step: string): Promise<StepRecord | undefined> {
    return this.requests.run('getStep', [jobId, step], () => structuredClone(this.#stepsOf(jobId).get(step)));
  }

  async *listProblems(jobId: string): AsyncIterable<Problem> {
    const steps = await this.requests.run('listProblems', [jobId], () => [...this.#stepsOf(jobId).values()]);
    for (const step of steps) yield* structuredClone(step.problems);
  }

  enterDeletions(jobId: string, by: string, from: JobPhase): Promise<boolean> {
    return this.requests.run('enterDeletions', [jobId, by, from], () => {
      const job = this.#jobs.get(jobId);
      if (job?.state !== 'running' || job.phase !== from) return false;
      this.#jobs.set(jobId, { ...job, phase: 'deletions', openRanges: 1, deletionsBy: by });
      return true;
    });
  }

  addThaw(wait: ThawWait): Promise<boolean> {
    return this.requests.run('addThaw', [wait], () => {
      const waits = this.#thawsOf(wait.jobId);
      if (waits.get(wait.id) !== undefined) return false;
      waits.set(wait.id, record(ThawWaitSchema, wait));
      return true;
    });
  }

  getThaw(jobId: string, id: string): Promise<ThawWait | undefined> {
    return this.requests.run('getThaw', [jobId, id], () => structuredClone(this.#thawsOf(jobId).get(id)));
  }

  patchThaw(jobId: string, id: string, patch: { done?: boolean; readyBy?: number }): Promise<void> {
    return this.requests.run('patchThaw', [jobId, id, patch], () => {
      const waits = this.#thawsOf(jobId);
      const wait = waits.get(id);
      if (wait !== undefined) waits.set(id, record(ThawWaitSchema, { ...wait, ...patch }));
    });
  }

  listThaws(jobId: string, { after, limit }: { after?: string; limit: number }): Promise<ThawPage> {
    return this.requests.run('listThaws', [jobId, { after, limit }], () => {
      const all = [...this.#thawsOf(jobId).walk(after === undefined ? {} : { after })];
      return {
        waits: structuredClone(all.slice(0, limit).map(([, wait]) => wait)),
        more: all.length > limit,
      };
    });
  }

  putThawingJob(job: ThawingJob): Promise<void> {
    return this.requests.run('putThawingJob', [job], () =>
      this.#thawing.set(job.jobId, record(ThawingJobSchema, job)),
    );
  }

  getThawingJob(jobId: string): Promise<ThawingJob | undefined> {
    return this.requests.run('getThawingJob', [jobId], () => structuredClone(this.#thawing.get(jobId)));
  }

  listThawingJobs(): Promise<ThawingJob[]> {
    return this.requests.run('listThawingJobs', [], () =>
      [...this.#thawing.walk()].map(([, job]) => structuredClone(job)),
    );
  }

  finishJob(jobId: string, end: JobEnd): Promise<boolean> {
    return this.requests.run('finishJob', [jobId, end], () => {
      const job = this.#jobs.get(jobId);
      if (job?.state !== 'running') return false;
      this.#jobs.set(jobId, record(JobSchema, { ...job, ...end }));
      return true;
    });
  }

  #of(source: string): SortedMap<Entry> {
    const rows = this.#entries.get(source) ?? new SortedMap<Entry>();
    this.#entries.set(source, rows);
    return rows;
  }

  #thawsOf(jobId: string): SortedMap<ThawWait> {
    const waits = this.#thaws.get(jobId) ?? new SortedMap<ThawWait>();
    this.#thaws.set(jobId, waits);
    return waits;
  }

  #stepsOf(jobId: string): Map<string, StepRecord> {
    const steps = this.#steps.get(jobId) ?? new Map<string, StepRecord>();
    this.#steps.set(jobId, steps);
    return steps;
  }

  #change(source: string, change: (row: Source) => Source): void {
    const row = this.#sources.get(source);
    if (row !== undefined) this.#sources.set(source, record(SourceSchema, change(row)));
  }

  #page(source: string, options: ListOptions, wanted: (entry: Entry) => boolean): EntryPage {
    const { limit = this.#pageSize, ...range } = options;
    const entries: Entry[] = [];
    for (const [, entry] of this.#of(source).walk(range)) {
      if (!wanted(entry)) continue;
      if (entries.length === limit) return { entries, more: true };
      entries.push(structuredClone(entry));
    }
    return { entries, more: false };
  }
}
