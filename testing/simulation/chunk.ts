import type { SiteHistory } from './sites/site-steps.ts';
import type { History, Weights } from './steps.ts';

/** Histories to be played from one seed; with a path, the one that failed before. */
export type Chunk = {
  readonly seed: number;
  readonly histories: number;
  readonly path?: string | undefined;
  /** False: the first history that goes wrong will do, however long it is. */
  readonly shrink?: boolean | undefined;
  /** `all` unless given: some seeds are of WorkDocs sites, how many the weights say. */
  readonly of?: 'all' | 'buckets' | 'sites' | undefined;
  /** `usual` unless given. */
  readonly weights?: Weights | undefined;
};
/** A history of a bucket, or of a site. */
export type AnyHistory = History | SiteHistory;
export type Failure = {
  readonly path: string;
  readonly history: AnyHistory | undefined;
  readonly wrong: readonly string[];
};
export type ChunkResult = { readonly seed: number; readonly played: number; readonly failure?: Failure };

/** What a worker is started with: plays one chunk of histories after the other, perhaps on a broken variant. */
export type WorkerData = { readonly policies: unknown; readonly variant: string | undefined };
