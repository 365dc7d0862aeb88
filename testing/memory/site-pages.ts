import type { SitePage } from '@holdfast/core/kinds/workdocs/site.ts';
import { SiteRefusal } from './site-refusal.ts';

/** How a site in memory cuts its listings into pages. */
export type PageLimits = {
  /** Most items of one page. */
  size: number;
  /** Each listing begins with an empty page that is not the last: WorkDocs promises nothing else. */
  blankFirst: boolean;
};

/**
 * Cuts one page out of a listing. Its marker names the last item, so that what is added or removed meanwhile shifts nothing.
 *
 * @param all in their order, each with a number of its own that grows or falls along the listing
 */
export function pageOf<T extends { readonly order: number }>(
  all: readonly T[],
  marker: string | undefined,
  limits: PageLimits,
  asked = limits.size,
): SitePage<T> {
  if (marker === undefined && limits.blankFirst) return { items: [], next: encode({ blank: true }) };
  const after = marker === undefined ? undefined : decode(marker);
  const rest = after === undefined ? all : all.filter(({ order }) => isBehind(order, after));
  const items = rest.slice(0, Math.min(asked, limits.size));
  const last = items.at(-1);
  if (rest.length === items.length || last === undefined) return { items };
  const falls = (all[0]?.order ?? 0) > last.order || (rest[items.length]?.order ?? 0) < last.order;
  return { items, next: encode({ order: last.order, falls }) };
}

type Place = { readonly blank: true } | { readonly order: number; readonly falls: boolean };

function isBehind(order: number, place: Place): boolean {
  if ('blank' in place) return true;
  return place.falls ? order < place.order : order > place.order;
}

function encode(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64');
}

function decode(marker: string): Place {
  try {
    return JSON.parse(Buffer.from(marker, 'base64').toString());
  } catch {
    throw new SiteRefusal('InvalidArgumentException', 'the marker is not valid');
  }
}
