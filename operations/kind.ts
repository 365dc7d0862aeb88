import type { Nouns } from '@holdfast/core/source/nouns.ts';
import type { SourceKind, SourceKinds } from '@holdfast/core/source/source-kind.ts';
import type { Work } from '@holdfast/core/source/work.ts';
import type { Standing } from './standing.ts';

/** A kind of source with all that is asked of sources that are there. */
export type KnownKind = SourceKind & {
  readonly nouns: Nouns;
  readonly work: Work;
  readonly standing: Standing;
  /** The bucket that a source is, so that a new one can be set up like it; absent where sources are no buckets. */
  readonly bucketOf?: (source: string) => string;
};

/** The kinds of sources that whoever asks knows. */
export type Kinds = { readonly kinds: SourceKinds<KnownKind> };
