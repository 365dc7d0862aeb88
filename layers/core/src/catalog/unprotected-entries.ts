import type { Entry } from '../model/entry.ts';
import type { Catalog } from '../ports/catalog.ts';

/** All entries of a source that are unprotected, page by page. */
export async function* unprotectedEntries(
  source: string,
  catalog: Pick<Catalog, 'listUnprotected'>,
): AsyncGenerator<Entry> {
  let after: string | undefined;
  for (;;) {
    const page = await catalog.listUnprotected(source, after === undefined ? {} : { after });
    yield* page.entries;
    after = page.entries.at(-1)?.key;
    if (!page.more || after === undefined) return;
  }
}
