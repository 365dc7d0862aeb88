import type { SitePage, SiteReader, SiteWriter } from '@holdfast/core/kinds/workdocs/site.ts';
import { isSiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import type { MemorySite } from '../../../testing/memory/memory-site.ts';

/** A site as its people use it, and the way to it that is under test. */
export type SiteTestWorld = {
  readonly site: SiteReader & SiteWriter;
  /** What is behind it. */
  readonly behind: MemorySite;
  /** Moves the clock, in ms. */
  advance(ms: number): void;
  close(): Promise<void>;
};

/** The code with which a site refused. @throws what it threw, when that was no SiteError */
export async function siteCodeOf(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    if (isSiteError(error)) return error.code;
    throw error;
  }
  return 'not refused';
}

/** Everything that a listing has, page after page. */
export async function allOf<T>(list: (marker?: string) => Promise<SitePage<T>>): Promise<T[]> {
  const items: T[] = [];
  let page = await list();
  items.push(...page.items);
  while (page.next !== undefined) {
    page = await list(page.next);
    items.push(...page.items);
  }
  return items;
}

export async function* bytesOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(body)).toString();
}
