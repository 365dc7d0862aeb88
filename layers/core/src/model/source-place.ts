/** A source, and what its keys or paths begin with: empty for all of it. */
export type SourcePlace = {
  /** As the catalog names it: `s3://bucket`. */
  readonly source: string;
  readonly prefix: string;
};

/** The URI of a place, or of the key that it names. */
export function placeUri({ source, prefix }: SourcePlace): string {
  return `${source}/${prefix}`;
}
