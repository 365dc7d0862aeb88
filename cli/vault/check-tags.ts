import { isSiteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';

/** @throws {InvalidInputError} where tags are asked for of a site */
export function checkTags(source: string, tags: boolean): void {
  if (tags && isSiteUri(source))
    throw new InvalidInputError(
      `--tags is for buckets, and ${source} is a WorkDocs site: documents have no tags`,
    );
}
