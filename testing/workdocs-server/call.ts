import type { MemorySite } from '../memory/memory-site.ts';
import { pageOf } from '../memory/site-pages.ts';
import { SiteRefusal } from '../memory/site-refusal.ts';

/** What an operation works on: the site, and whoever asked. */
export type Call = { readonly site: MemorySite; readonly caller: string };

/** One operation: what was asked, to what is answered. */
export type Handlers = Readonly<Record<string, (input: never, call: Call) => object>>;

type Paged = { readonly Marker?: string | undefined; readonly Limit?: number | undefined };

/** Cuts a listing as its request asks for. */
export function cut<T extends { readonly order: number }>(
  all: readonly T[],
  { Marker, Limit }: Paged,
  { site }: Call,
): { readonly items: readonly T[]; readonly Marker?: string } {
  const { items, next } = pageOf(all, Marker, site.pages, Limit);
  return { items, ...(next === undefined ? {} : { Marker: next }) };
}

/** Numbers what has no order of its own. */
export function numbered<T>(all: Iterable<T>): Array<{ readonly item: T; readonly order: number }> {
  return [...all].map((item, order) => ({ item, order }));
}

/** A part of the input that has to be there. */
export function given<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new SiteRefusal('InvalidArgumentException', `${name} is missing`);
  return value;
}

/** @throws {SiteRefusal} for what the caller may not look at */
export function allowed({ site }: Call, id: string | undefined, name: string): string {
  const asked = given(id, name);
  if (site.model.denied.has(asked))
    throw new SiteRefusal('UnauthorizedResourceAccessException', `the caller has no access to ${asked}`);
  return asked;
}

/** @throws {SiteRefusal} when another organization is asked for than this site's */
export function checkOrganization({ site }: Call, organizationId: string | undefined): void {
  if (organizationId !== site.model.organizationId)
    throw new SiteRefusal(
      'UnauthorizedResourceAccessException',
      `no access to organization ${organizationId}`,
    );
}
