/** Words for people about sources of a kind: plain text, without a full stop. Nothing here decides anything. */
export type Nouns = {
  /** One thing of a source: `object`. */
  readonly item: string;
  /** How the URI of one is written, for help: `s3://bucket/key`. */
  readonly itemForm: string;
  /** What a vault has that knows of no such thing, behind "has": `nothing of s3://photos/cat.jpg`. */
  readonly nothingOf: (uri: string) => string;
  /** What a vault holds that has no version of it, behind "holds": `no version of s3://photos/cat.jpg`. */
  readonly noVersionOf: (uri: string) => string;
};
