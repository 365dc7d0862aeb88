import { InvalidInputError } from './errors.ts';
import { parseBucketUri, sourceUri } from './source-uri.ts';
import { isSiteUri, parseSiteUri, siteUri } from './workdocs/site-uri.ts';

/** A source, and what its keys, or the paths of a WorkDocs site, begin with: empty for all of it. */
export type SourcePlace = {
  /** As the catalog names it: `s3://bucket`, `workdocs://site`. */
  readonly source: string;
  readonly prefix: string;
};

/** Reads `s3://bucket[/prefix]` or `workdocs://site[/path]`. @throws {InvalidInputError} for any other */
export function parseSourceUri(text: string): SourcePlace {
  if (isSiteUri(text)) {
    const { site, path } = parseSiteUri(text);
    return { source: siteUri(site), prefix: path };
  }
  if (!text.startsWith('s3://')) {
    throw new InvalidInputError(
      `"${text}" is not an S3 URI, nor one of a WorkDocs site; write it as s3://bucket[/prefix] or workdocs://site[/user/folder]`,
    );
  }
  const { bucket, prefix } = parseBucketUri(text);
  return { source: sourceUri(bucket), prefix };
}

/** The URI of a place, or of the key that it names. */
export function placeUri({ source, prefix }: SourcePlace): string {
  return `${source}/${prefix}`;
}
