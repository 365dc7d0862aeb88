import type { Entry } from '../model/entry.ts';
import type { Job, JobEnd, JobPhase, JobProgress, Problem } from '../model/job.ts';
import type { LagHistogram } from '../model/lag.ts';
import type { Source, SourceTotals } from '../model/source.ts';
import type { ThawingJob, ThawWait } from '../model/thaw-wait.ts';

/** Objects that a job waits or waited for, by id. */
export type ThawPage = { readonly waits: readonly ThawWait[]; readonly more: boolean };
export type EntryPage = { readonly entries: readonly Entry[]; readonly more: boolean };

/** What a listing shows of an entry, and when. */
export type ListedStamp = { readonly etag: string; readonly listedAt: number };

/** What a batch of captures adds to its source's row. */
export type Activity = {
  readonly totals: SourceTotals;
  readonly lag: LagHistogram;
  readonly lastEventAt?: number;
  /** Keys that were captured last, by {@link placeOf}. */
  readonly places?: Readonly<Record<string, string>>;
};

/** What a finished step leaves behind, so that its redelivery repeats nothing but the messages it sends. */
export type StepRecord = {
  readonly jobId: string;
  readonly step: string;
  /** Id of the message whose delivery recorded it. */
  readonly by?: string;
  readonly progress: JobProgress;
  readonly problems: readonly Problem[];
  /** Bodies of the messages that continue the work. */
  readonly continuations: readonly string[];
};

type ClearableField =
  | 'heldDeletions'
  | 'unreachable'
  | 'wiringDetail'
  | 'pulseAfter'
  | 'canary'
  | 'canaryAt'
  | 'proven'
  | 'ownership'
  | 'vaultAfter';

export type SourcePatch = Partial<Omit<Source, 'source' | 'totals' | 'lag'>> & {
  /** Names of optional fields to remove. */
  readonly clear?: ReadonlyArray<ClearableField>;
};

/**
 * The index of the vault. Reads are strongly consistent unless said otherwise.
 *
 * Methods throw a HoldfastError with remedy `retry` when the table is throttled or out of reach, after the adapter's
 * own retries. All writes are idempotent or conditional.
 */
export interface Catalog {
  getEntry(source: string, key: string): Promise<Entry | undefined>;
  /**
   * Writes the entry if the stored one still has `expectedRev` (undefined: if there is none).
   * @returns false when somebody else wrote in between; nothing is changed then
   */
  putEntry(entry: Entry, expectedRev: number | undefined): Promise<boolean>;
  /**
   * Notes that a listing shows an entry as it is recorded: one that is `current` and has this ETag. Its revision
   * grows: who saw the thing gone before that, and has not recorded it yet, has to look again.
   * @returns false when there is no such entry; nothing is changed then
   */
  stampEntry(source: string, key: string, stamp: ListedStamp): Promise<boolean>;
  /** One page in UTF-8 key order, after a key and with a prefix; eventually consistent. */
  listEntries(
    source: string,
    options?: { after?: string; prefix?: string; limit?: number },
  ): Promise<EntryPage>;
  /** One page of a source's entries in state `unprotected`; eventually consistent. */
  listUnprotected(source: string, options?: { after?: string; limit?: number }): Promise<EntryPage>;

  getSource(source: string): Promise<Source | undefined>;
  putSource(source: Source): Promise<void>;
  /** Changes fields of an existing source. Does nothing when the source is unknown. */
  patchSource(source: string, patch: SourcePatch): Promise<void>;
  /**
   * Moves the cursor of an existing source on.
   * @returns false when it is there already, or further; nothing is changed then
   */
  moveCursor(source: string, to: number): Promise<boolean>;
  listSources(): Promise<Source[]>;
  /** Adds to the totals and the lag. Not idempotent: a crash before it loses an estimate that reconcile sets right. */
  addActivity(source: string, activity: Activity): Promise<void>;
  /** Sets the totals as a complete reconcile counted them, and begins the lag anew. */
  resetTotals(source: string, totals: Pick<SourceTotals, 'objects' | 'bytes' | 'unprotected'>): Promise<void>;

  /** @returns false when a job of that id exists already; nothing is changed then */
  createJob(job: Job): Promise<boolean>;
  getJob(id: string): Promise<Job | undefined>;
  listJobs(): Promise<Job[]>;
  /**
   * Records a step or batch and adds its progress to the job, in one transaction.
   * @returns false when the step was recorded before; nothing is changed then
   */
  completeStep(record: StepRecord): Promise<boolean>;
  getStep(jobId: string, step: string): Promise<StepRecord | undefined>;
  /** Steps that have problems, in no order. */
  listProblems(jobId: string): AsyncIterable<Problem>;
  /**
   * Goes on to deleting, with one range open.
   * @param by id of the message whose delivery does it
   * @param from the phase that the job has to be in
   * @returns false when the job was not in it, or has ended
   */
  enterDeletions(jobId: string, by: string, from: Exclude<JobPhase, 'deletions'>): Promise<boolean>;
  /** @returns false when the job waits for this version already; nothing is changed then */
  addThaw(wait: ThawWait): Promise<boolean>;
  getThaw(jobId: string, id: string): Promise<ThawWait | undefined>;
  /** Changes a row that is there. */
  patchThaw(jobId: string, id: string, patch: { done?: boolean; readyBy?: number }): Promise<void>;
  /** One page, after an id; those that are done are among them. */
  listThaws(jobId: string, options: { after?: string; limit: number }): Promise<ThawPage>;
  /** Writes the row by which events and sweeps find a job that waits for thaws. */
  putThawingJob(job: ThawingJob): Promise<void>;
  getThawingJob(jobId: string): Promise<ThawingJob | undefined>;
  /** All of them, some that have ended among them. */
  listThawingJobs(): Promise<ThawingJob[]>;
  /** Ends a running job. @returns false when it was not running */
  finishJob(jobId: string, end: JobEnd): Promise<boolean>;
}
