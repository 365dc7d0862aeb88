import { table } from '../markdown.ts';
import { median, spread } from '../measure/statistics.ts';
import type { BenchOptions } from '../options.ts';
import type { Start } from './probe.ts';
import { measureStarts, type PackagedStarts } from './starts.ts';

const KIB = 1024;

/** How long each function takes to start, packed in three ways. */
export async function starts({ starts: runs }: BenchOptions): Promise<string[]> {
  return startsSection(await measureStarts(runs), runs);
}

export function startsSection(all: readonly PackagedStarts[], runs: number): string[] {
  return [
    '## Starts of the functions',
    '',
    `From asking for the handler to having it, in ${runs} fresh Node processes each, on a whole core: median (lowest –`,
    'highest). Cold: the package’s files are not in the page cache (Node itself is). Bundle: one file, as deployed. Layer:',
    'core and its dependencies in one file under `/opt`, beside a small handler. Unbundled: compiled files and the',
    '`node_modules` of core’s dependencies. Functions and packagings took turns.',
    '',
    ...table(
      ['function', 'packaging', 'size', 'files', 'init', 'its CPU time', 'init, cold', 'memory after it'],
      all.map((one) => [
        one.functionName,
        one.packaging,
        size(one.bytes),
        one.files.toLocaleString('en-US'),
        init(one.warm),
        `${median(one.warm.map(({ cpuMs }) => cpuMs)).toFixed(0)} ms`,
        init(one.cold),
        `${(median(one.warm.map(({ residentBytes }) => residentBytes)) / KIB / KIB).toFixed(0)} MiB`,
      ]),
    ),
  ];
}

function init(runs: readonly Start[]): string {
  const { median: middle, min, max } = spread(runs.map(({ ms }) => ms));
  return `${middle.toFixed(0)} ms (${min.toFixed(0)} – ${max.toFixed(0)})`;
}

function size(bytes: number): string {
  return bytes < 10 * KIB * KIB ? `${(bytes / KIB).toFixed(0)} KiB` : `${(bytes / KIB / KIB).toFixed(1)} MiB`;
}
