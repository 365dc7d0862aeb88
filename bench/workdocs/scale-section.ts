import { resolve } from 'node:path';
import { checkoutVenv } from '../../scripts/lib/checkout-venv.ts';
import { kinds, short, table } from '../markdown.ts';
import { type CommandUse, measureCommand } from '../measure/measured-command.ts';
import type { BenchOptions } from '../options.ts';
import type { Crawled } from './crawl-probe.ts';

const PROBE = resolve(import.meta.dirname, 'crawl-probe.ts');
const BAR_MIB = 256;
/** The process itself, and how little it grows. */
const FEW = 1000;

export type MeasuredCrawl = Crawled & Pick<CommandUse, 'seconds' | 'cpuSeconds' | 'peakMiB'>;

/** What a crawl takes of a site that has more documents than any memory should hold. */
export async function workdocsScale({ crawled }: BenchOptions): Promise<string[]> {
  const { python } = await checkoutVenv();
  const crawls: MeasuredCrawl[] = [];
  for (const many of [FEW, crawled]) {
    const argv = [process.execPath, PROBE, String(many)];
    const env = { ...process.env, NODE_NO_WARNINGS: '1' };
    const { output, ...use } = await measureCommand({ argv, env }, python);
    crawls.push({ ...use, ...(JSON.parse(output) as Crawled) });
  }
  return scaleSection(crawls);
}

export function scaleSection(crawls: readonly MeasuredCrawl[]): string[] {
  const peak = Math.max(...crawls.map(({ peakMiB }) => peakMiB));
  const unfinished = crawls.filter(({ state }) => state !== 'done');
  return [
    '## WorkDocs sites of many documents',
    '',
    'A first crawl with all that it has captured, message after message as the functions do them, in a process of its own. The',
    'site has 100 documents of 1 KiB in a folder and makes each answer when it is asked for; vault and catalog keep nothing of',
    'what they are given. WorkDocs’ and AWS’s answers come on top of the time.',
    '',
    ...table(
      ['documents', 'messages', 'seconds', 'CPU', 'peak memory', 'requests to WorkDocs for a document'],
      crawls.map(({ documents, messages, seconds, cpuSeconds, peakMiB, site }) => [
        documents.toLocaleString('en-US'),
        messages.toLocaleString('en-US'),
        `${seconds.toFixed(1)} s`,
        `${cpuSeconds.toFixed(1)} s`,
        `${peakMiB.toFixed(0)} MiB`,
        short(Object.values(site).reduce((sum, n) => sum + n, 0) / documents),
      ]),
    ),
    '',
    ...table(
      ['documents', 'of the site', 'of the vault', 'of the catalog'],
      crawls.map(({ documents, site, vault, catalog }) => [
        documents.toLocaleString('en-US'),
        kinds(site),
        kinds(vault),
        kinds(catalog),
      ]),
    ),
    '',
    ...unfinished.map(({ documents, state }) => `The crawl of ${documents} documents ended as ${state}.`),
    `Bar: within ${BAR_MIB} MiB of resident memory: ${peak <= BAR_MIB ? 'held' : 'missed'}.`,
  ];
}
