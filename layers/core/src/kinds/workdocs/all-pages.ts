import type { SitePage } from './site.ts';

/** Everything that a listing of a site has, page after page. Only for what belongs to one document, folder or version. */
export async function allPages<T>(page: (marker?: string) => Promise<SitePage<T>>): Promise<T[]> {
  const items: T[] = [];
  let marker: string | undefined;
  do {
    const { items: more, next } = await page(marker);
    items.push(...more);
    marker = next;
  } while (marker !== undefined);
  return items;
}
