import type { JobKinds } from '@holdfast/core/jobs/job-kind.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import type { SourceKinds } from '@holdfast/core/source/source-kind.ts';
import type { Connection } from '../operations/connection.ts';
import type { KnownKind } from '../operations/kind.ts';
import type { SitePlace, WritableSite } from './kinds/workdocs/writable-site.ts';
import type { Output, TextStream } from './output.ts';
import type { Progress } from './progress.ts';

export type { Connection };

/** Options that every command takes. */
export type GlobalOptions = {
  readonly stack: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly json?: true;
};

/** Buckets, without a stack. */
export type Buckets = { readonly store: ObjectStore; readonly region: string };

/** It ends, since all it does is answer; it goes on with its work; or it fails, since its answer is its work. */
export type Unread = 'end' | 'go-on' | 'fail';

/** Everything the CLI takes from its process. */
export type Deps = {
  /** The kinds of sources that there are. */
  readonly kinds: SourceKinds<KnownKind>;
  /** The kinds of jobs that there are. */
  readonly jobKinds: JobKinds;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly progress: Progress;
  readonly connect: (options: GlobalOptions) => Promise<Connection>;
  readonly connectBuckets: (options: GlobalOptions) => Promise<Buckets>;
  readonly connectSite: (options: GlobalOptions, place: SitePlace) => Promise<WritableSite>;
  /** The time zone that words like `yesterday` are read in, as IANA names it. @throws {InvalidInputError} */
  readonly zone: () => string;
  readonly pause: (ms: number) => Promise<void>;
  /** A few random letters, for names of jobs. */
  readonly random: () => string;
  /** Asks a person and gives back what was typed; absent when nobody is there to answer. */
  readonly ask?: (question: string) => Promise<string>;
  /** Aborted by Ctrl+C, SIGTERM and SIGHUP. */
  readonly interrupt: AbortSignal;
  /** What becomes of the command, from now on, when nobody reads standard output to its end. */
  readonly whenUnread: (then: Unread) => void;
};

/** What a connection is for: `writing` is whatever writes, deletes, or has it done. */
type Purpose = 'reading' | 'writing';

/** What a command works with. */
export type Context = Pick<Deps, 'kinds' | 'jobKinds' | 'pause' | 'random' | 'ask' | 'whenUnread'> & {
  readonly output: Output;
  /** The time zone that words like `yesterday` are read in, as IANA names it. */
  readonly zone: string;
  /**
   * Finds the core stack, once. Says when this machine's clock is wrong.
   *
   * @throws {CommandError} for `writing`, when it is so wrong that nothing should be changed from here
   */
  readonly connect: (purpose: Purpose) => Promise<Connection>;
  /** For commands that can do without a core stack. */
  readonly connectBuckets: () => Promise<Buckets>;
  /** The way to a WorkDocs site that is restored into. */
  readonly connectSite: (place: SitePlace) => Promise<WritableSite>;
  /** Says what Ctrl+C would leave behind from now on, and how to follow it. */
  readonly onInterrupt: (hint: string) => void;
  /** Ctrl+C as a signal. From now on the command itself ends what it does, and says how to go on. */
  readonly ownInterrupt: () => AbortSignal;
  /** The words of the command line, without the program's name. */
  readonly argv: readonly string[];
};
