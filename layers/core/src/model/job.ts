import * as v from 'valibot';

const moment = v.pipe(v.number(), v.integer());

/**
 * `running` until every step and batch is counted; `partial` when some objects failed; `failed` when the job could
 * not be done at all, with the reason; `cancelled` when a person ended it.
 */
export const JOB_STATES = ['running', 'done', 'partial', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Who asked for a job: SQS attests to the sender of a message; a name is only what the message says. */
export const AskedBySchema = v.object({ sender: v.optional(v.string()), name: v.optional(v.string()) });
export type AskedBy = v.InferOutput<typeof AskedBySchema>;

/** A name in a message: longer than any ARN that AWS gives to a person or role. */
export const AskedNameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));

/** Upper bounds in seconds that this share of captures stayed within; null above an hour. */
export const LagSecondsSchema = v.object({ p50: v.nullable(v.number()), p99: v.nullable(v.number()) });
export type LagSeconds = v.InferOutput<typeof LagSecondsSchema>;

/**
 * A reconcile compares, then marks what the comparison missed at the source. A restore works, and an exact one then
 * deletes what the target has beyond that.
 */
export const JOB_PHASES = ['compare', 'work', 'deletions'] as const;
export type JobPhase = (typeof JOB_PHASES)[number];

/** Counters of a job, by name; which names there are depends on the kind. All are non-negative. */
export type Counts = Readonly<Record<string, number>>;

/** One thing that went other than wished, for one object, or that is to be noted of one. */
export const ProblemSchema = v.object({
  key: v.string(),
  reason: v.string(),
  detail: v.optional(v.string()),
  /** Nothing went wrong: this is what could not be brought back of an object, or is worth to know of it. */
  note: v.optional(v.literal(true)),
});
export type Problem = v.InferOutput<typeof ProblemSchema>;

/** The catalog's row for one job: work in steps (listing) and batches (objects), counted in transactions. */
export const JobSchema = v.object({
  id: v.string(),
  /** Which of the kinds of jobs that there are: the list of them knows what is said and done of it. */
  kind: v.string(),
  source: v.string(),
  state: v.picklist(JOB_STATES),
  phase: v.picklist(JOB_PHASES),
  trigger: v.string(),
  askedBy: v.optional(AskedBySchema),
  /** Of a resumed restore: the job that it goes on with. */
  continues: v.optional(v.string()),
  startedAt: moment,
  finishedAt: v.optional(moment),
  /** Id of the message whose delivery went on to the deletions. */
  deletionsBy: v.optional(v.string()),
  /** Id of the message whose delivery ended it. */
  endedBy: v.optional(v.string()),
  /** Key ranges still being listed. */
  openRanges: v.number(),
  batchesQueued: v.number(),
  batchesDone: v.number(),
  counts: v.record(v.string(), v.number()),
  /** For a failed job: why, in words. For a held mass deletion: what to do. */
  message: v.optional(v.string()),
  /** Vault key of the report, which is written a moment after the job's end. */
  report: v.optional(v.string()),
  /** Of a reconcile: the lag since the last one. */
  lagSeconds: v.optional(LagSecondsSchema),
  /** Reconcile: a person allowed deletions beyond the bound. */
  approved: v.optional(v.boolean()),
  /** The request that began it, as it was accepted. */
  request: v.optional(v.unknown()),
});
export type Job = v.InferOutput<typeof JobSchema>;

/** How a job ended. */
export type JobEnd = {
  readonly state: Exclude<JobState, 'running'>;
  readonly finishedAt: number;
  /** Id of the message whose delivery ends it; none where a person does. */
  readonly endedBy?: string;
  readonly report?: string;
  readonly message?: string;
  readonly lagSeconds?: LagSeconds;
};

/** What one finished step or batch adds to its job. */
export type JobProgress = {
  readonly openRanges?: number;
  readonly batchesQueued?: number;
  readonly batchesDone?: number;
  readonly counts?: Counts;
};

/** True when nothing of the job is left to list or to do. */
export function isDrained(job: Job): boolean {
  return job.openRanges <= 0 && job.batchesDone >= job.batchesQueued;
}

const JOB_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** A job id: a letter or digit first, then also `.`, `_`, `-`; at most 128 characters. */
export const JobIdSchema = v.pipe(
  v.string(),
  v.regex(
    JOB_ID,
    'a job id takes 1 to 128 letters, digits, ".", "_" or "-", and begins with a letter or digit',
  ),
);

const STATE_WORDS: Readonly<Record<JobState, string>> = {
  running: 'is running',
  done: 'is done',
  partial: 'is done in part',
  failed: 'failed',
  cancelled: 'was cancelled',
};

/** `is done`, `failed` …, to follow "it" or a name. */
export function jobIs(state: JobState): string {
  return STATE_WORDS[state];
}

/** The name of the job that goes on with another: `x` → `x.2` → `x.3`. */
export function nextJobId({ id, continues }: Pick<Job, 'id' | 'continues'>): string {
  const [, base, n] = continues === undefined ? [] : (/^(.*)\.(\d+)$/.exec(id) ?? []);
  return base === undefined ? `${id}.2` : `${base}.${Number(n) + 1}`;
}
