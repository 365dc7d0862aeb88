import type { CommandUse } from '../measure/measured-command.ts';
import type { WorkerUse } from '../measure/worker-watch.ts';

/** What each phase finds: nothing copied yet, nothing changed since, 1 % changed and 1 % deleted. */
export const PHASES = ['first', 'unchanged', 'changed'] as const;
export type PhaseName = (typeof PHASES)[number];

/** Who takes part in a contest. */
export type Named = {
  readonly name: string;
  /** It may fail without failing the bench. */
  readonly isPeer: boolean;
};

/** One way to back up a bucket into another. */
export type Contestant = Named & {
  /** Makes what it needs before its first backup of a bucket; not measured. @returns where its copies will be */
  readonly prepare: (source: string) => Promise<Copies>;
  /** One backup; the same command in every phase. */
  readonly backUp: (source: string, copies: Copies) => Promise<Use>;
};

/** Where the copies of a bucket are. */
export type Copies = { readonly bucket: string; readonly prefix: string };

/** What one run took of the machine: its command, and the processes that worked for it elsewhere. */
export type Use = {
  readonly command: CommandUse;
  readonly workers: readonly WorkerUse[];
  /** The job's own time without that of the command that waits for it, when it is known. */
  readonly jobSeconds?: number;
};
