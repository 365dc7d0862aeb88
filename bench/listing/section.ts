import { table } from '../markdown.ts';
import { median, percentile } from '../measure/statistics.ts';
import type { BenchOptions } from '../options.ts';
import { BenchVault, type Listed } from './listing.ts';

const TIMES = 200;
const WHOLE_TIMES = 3;
/** What one prefix may take, at its 95th percentile. */
const BAR_MS = 2000;

/** How long the vault takes to be read as of a moment. */
export async function restoreListing({ versions }: BenchOptions): Promise<string[]> {
  const vault = new BenchVault(versions);
  const listings = [
    await vault.listFolders(TIMES),
    await vault.listAll(WHOLE_TIMES),
    await vault.compareAll(WHOLE_TIMES),
  ];
  return listingSection(vault.versions, listings);
}

export function listingSection(versions: number, listings: readonly Listed[]): string[] {
  const [folders] = listings;
  const p95 = percentile(folders?.ms ?? [], 0.95);
  return [
    '## Reading the vault as of a moment',
    '',
    `A vault in memory with ${versions.toLocaleString('en-US')} versions, four of each object in a thousand prefixes, one`,
    'in ten objects deleted. Time is the flow’s own with the pages made in memory, on a warm process: S3’s answers, a page',
    'of 1,000 versions each, come on top.',
    '',
    ...table(
      ['listing', 'objects', 'pages', 'median', 'p95', 'times'],
      listings.map(({ what, ms, pages, objects }) => [
        what,
        Math.round(objects).toLocaleString('en-US'),
        pages.toLocaleString('en-US', { maximumFractionDigits: 1 }),
        inMs(median(ms)),
        inMs(percentile(ms, 0.95)),
        ms.length.toLocaleString('en-US'),
      ]),
    ),
    '',
    `Bar: one prefix at a moment within 2 s at the 95th percentile: ${p95 <= BAR_MS ? 'held' : 'missed'}.`,
  ];
}

function inMs(ms: number): string {
  return ms < 100 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
