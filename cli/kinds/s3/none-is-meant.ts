import { bucketOf } from '@holdfast/core/model/bucket-uri.ts';
import { coverage, type SourceSettings } from '@holdfast/core/model/source.ts';
import type { Connection } from '../../context.ts';
import { counted } from '../../text/format.ts';

/** Listings of a thousand keys each: what is not found in ten thousand keys may be further on. */
const MOST_PAGES = 10;

/**
 * A warning where globs take none of a bucket's objects: what is mistyped would be noticed on the bad day.
 *
 * @returns nothing for an empty bucket, and for one without globs
 */
export async function noneIsMeant(
  {
    source,
    prefix = '',
    include = [],
    exclude = [],
  }: Pick<SourceSettings, 'source' | 'prefix' | 'include' | 'exclude'>,
  { world: { store } }: Connection,
): Promise<string[]> {
  if (include.length + exclude.length === 0) return [];
  const isMeant = coverage({ prefix, include, exclude });
  let seen = 0;
  let after: string | undefined;
  for (let pages = 1; ; pages++) {
    const page = await store.list({
      bucket: bucketOf(source),
      prefix,
      ...(after === undefined ? {} : { after }),
    });
    if (page.objects.some(({ key }) => isMeant(key))) return [];
    seen += page.objects.length;
    after = page.objects.at(-1)?.key;
    if (page.more && pages < MOST_PAGES) continue;
    if (seen === 0) return [];
    const which = page.more ? `the first ${counted(seen, 'object')}` : `its ${counted(seen, 'object')}`;
    return [
      `the globs take none of ${which}; see docs/globs.md for what they mean, or look with: holdfast find`,
    ];
  }
}
