import type { UnprotectedReason } from '../model/entry.ts';

/** Words for people about sources of a kind: plain text, without a full stop. Nothing here decides anything. */
export type Nouns = {
  /** A source with its article: `a bucket`. */
  readonly one: string;
  /** How the URI of a whole one is written, for help: `s3://bucket`. */
  readonly wholeForm: string;
  /** The same, of what can be protected of one: `s3://bucket[/prefix]`. */
  readonly protectForm: string;
  /** The same, of a whole one, and of a part of one: `s3://bucket`, `s3://bucket/prefix`. */
  readonly partForms: readonly string[];
  /** How the URI of one thing of it is written: `s3://bucket/key`. */
  readonly itemForm: string;
  /** What a vault has that knows of no such thing, behind "has": `nothing of s3://photos/cat.jpg`. */
  readonly nothingOf: (uri: string) => string;
  /** What a vault holds that has no version of it, behind "holds": `no version of s3://photos/cat.jpg`. */
  readonly noVersionOf: (uri: string) => string;
  /** Why something is not protected, where that needs other words, or another way out, than with a bucket. */
  readonly reasons: Readonly<Partial<Record<UnprotectedReason, string>>>;
  /** Why its things have no tags, where they have none: `documents have no tags`. */
  readonly noTags?: string;
};
