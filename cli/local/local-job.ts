import type { Problem } from '@holdfast/core/model/job.ts';
import type { Clock } from '@holdfast/core/ports/clock.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';
import type { VersionReader } from '@holdfast/core/source/version-reader.ts';

/** What is to be brought back, wherever it goes. */
export type LocalJob = {
  /** Begins the selection anew each time: it is read once for the names, once for the bytes. */
  readonly select: () => AsyncIterable<Selected>;
  /** The key at the target; the source's own unless a prefix is stripped or mapped. */
  readonly keyFor?: (key: string) => string;
  /** How many objects at the same time; 8 unless told. */
  readonly transfers?: number;
};

export type LocalWorld = {
  readonly reader: VersionReader;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  /** Aborted by Ctrl+C: what is being written is taken away, and what was done is told. */
  readonly signal: AbortSignal;
  /** Told what goes on, at most some times a second. */
  readonly progress: (text: string) => void;
};

export type LocalCounts = {
  /** Objects of the selection. */
  planned: number;
  plannedBytes: number;
  restored: number;
  restoredBytes: number;
  right: number;
  conflicts: number;
  failed: number;
  /** Of those restored, the ones whose bytes nothing could be compared with. */
  unverified: number;
  /** Read back and found right, when that was asked for. */
  verified: number;
  /** Objects whose path is not their key. */
  mapped: number;
  /** What is worth to know of objects with which nothing went wrong. */
  notes: number;
  /** By an exact restore: files, links and empty folders. */
  deleted: number;
};

export type MappedName = { readonly key: string; readonly path: string };

export type LocalResult = {
  readonly counts: Readonly<LocalCounts>;
  /** The first thousand; the counts say how many there are. */
  readonly problems: readonly Problem[];
  /** The first thousand; the list of names at the target has them all. */
  readonly mapped: readonly MappedName[];
  /** `disk-full` and `interrupted`: the same again does what is left. */
  readonly ended: 'done' | 'interrupted' | 'disk-full';
};
