import { InvalidInputError } from '../model/errors.ts';
import type { Job, JobState } from '../model/job.ts';
import type { Report } from '../model/report.ts';
import type { endJob } from './end-job.ts';

/** What of a job, running or reported, tells its words. */
export type JobSummary = Pick<Job, 'kind' | 'source' | 'state' | 'counts'>;

/** One thing to do: in words, and as a command where there is one. */
export type Advice = { readonly words: string; readonly command?: string };

/** How a part of a bar is drawn. */
export type Shade = 'ok' | 'same' | 'warn' | 'bad' | 'rest';
/** A part of a bar: how many objects, and of how many bytes together where that is known. */
export type BarPart = {
  readonly label: string;
  readonly shade: Shade;
  readonly n: number;
  readonly bytes?: number;
};
/** What became of a whole, part by part. One without objects is not drawn. */
export type Bar = { readonly title: string; readonly parts: readonly BarPart[] };

/**
 * A kind of job, with all that is said and done of its jobs beside the work itself. It is pure but for `end`, and small: the
 * function that writes reports has all of them.
 */
export type JobKind = {
  /** As rows, messages and keys of reports name it: `restore`. */
  readonly id: string;
  /** What the URIs of the sources begin with that it is for; where it is absent, it is for all. */
  readonly scheme?: string;
  /** At the head of a page: `Restore`. */
  readonly title: string;
  /** How a job ended, in a word or two. */
  readonly verdicts: Readonly<Record<JobState, string>>;
  /** True where a job found damage: nothing is worse to find out, however it ended. */
  readonly isDamaged?: (counts: Job['counts']) => boolean;
  /** Its end is told of though all is well. */
  readonly isAlwaysTold?: boolean;
  /** What the time is called that a job took: `Took`. */
  readonly took: string;
  /** What a job came to, in a sentence that needs nothing else beside it. */
  readonly sentence: (job: JobSummary) => string;
  /** What to do about a job that ended with less than was wished, the most urgent first. */
  readonly advice: (report: Report) => readonly Advice[];
  readonly bars: (counts: Job['counts']) => readonly Bar[];
  /** What holds for every object of a job: for its report. */
  readonly remarks?: (job: Job) => readonly string[];
  /** What a running job is at, in a few words. */
  readonly progress: (job: Job) => string;
  /** What a job came to, by its counts, in a few words each. */
  readonly parts: (counts: Job['counts']) => readonly string[];
  /** What of a cancelled job stays, and how the rest is done. */
  readonly whatStays: (job: Job) => string;
  /** Why a job is not resumed, and what does its work again; undefined where its state and request decide. */
  readonly whyNotResumed: (job: Job) => string | undefined;
  /** Ends a running job. @returns false when it was not running any more */
  readonly end: typeof endJob;
};

/** What tells kinds of jobs apart, and why one is not resumed: all that whoever accepts restores needs of them. */
export type ResumeFacts = Pick<JobKind, 'id' | 'scheme' | 'whyNotResumed'>;

/** The kinds of jobs that there are. */
export class JobKinds<Kind extends Pick<JobKind, 'id' | 'scheme'> = JobKind> {
  readonly all: readonly Kind[];

  constructor(all: readonly Kind[]) {
    this.all = all;
  }

  /** The names of all kinds, each once. */
  get ids(): readonly string[] {
    return [...new Set(this.all.map(({ id }) => id))];
  }

  /** The kind of a job of a source. @throws {InvalidInputError} for one that is not known */
  of({ kind, source }: Pick<Job, 'kind' | 'source'>): Kind {
    const found = this.all.find(({ id, scheme = '' }) => id === kind && source.startsWith(scheme));
    if (found !== undefined) return found;
    throw new InvalidInputError(
      `a job of the kind "${kind}" for ${source} is not known to this release of Holdfast: update it`,
    );
  }
}
