import { cpus, totalmem } from 'node:os';
import type { Phase, PipelineResult } from './pipeline.ts';
import type { StartUp } from './start-up.ts';

/** Everything one run measured. */
export type BenchResult = {
  readonly pipeline: PipelineResult;
  readonly startUps: readonly StartUp[];
  readonly peaksMiB: Readonly<Record<string, number>>;
};

/** The tables of a run, in Markdown. */
export function toMarkdown({ pipeline, startUps, peaksMiB }: BenchResult): string {
  return [
    '# Benchmarks',
    '',
    'Made by `npm run bench -- --write`; not edited by hand. Requests were counted at the wire, between the functions and',
    'the local cloud. What the emulator does inside (receiving from queues, delivering events) is not in them; in AWS a',
    'message is received and deleted in batches, about 0.3 SQS requests an object. Wall times are bounded by the emulator.',
    '',
    `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`,
    '',
    ...requestTable(pipeline.phases),
    '',
    '## Lag on the local cloud',
    '',
    'From the change at the source to its record in the catalog, 20 changes a second, functions started before.',
    '',
    '| p50 | p99 | longest |',
    '|---|---|---|',
    `| ${pipeline.lag.p50} ms | ${pipeline.lag.p99} ms | ${pipeline.lag.max} ms |`,
    '',
    ...startUpTable(startUps, peaksMiB),
    '',
  ].join('\n');
}

function requestTable(phases: readonly Phase[]): string[] {
  return [
    '## Requests per object',
    '',
    '| for each | objects | seconds | requests per object |',
    '|---|---|---|---|',
    ...phases.map(
      ({ name, objects, seconds, requests }) =>
        `| ${name} | ${objects} | ${seconds.toFixed(1)} | ${perObject(requests, objects)} |`,
    ),
    '',
    '## Requests in all',
    '',
    '| phase | requests |',
    '|---|---|',
    ...phases.map(
      ({ name, requests }) =>
        `| ${name} | ${Object.entries(requests)
          .map(([kind, n]) => `${n} ${kind}`)
          .join(', ')} |`,
    ),
  ];
}

function perObject(requests: Readonly<Record<string, number>>, objects: number): string {
  return Object.entries(requests)
    .map(([kind, n]) => `${trim(n / objects)} ${kind}`)
    .join(', ');
}

function trim(value: number): string {
  return value >= 0.995 ? value.toFixed(2) : value.toPrecision(2);
}

function startUpTable(startUps: readonly StartUp[], peaks: Readonly<Record<string, number>>): string[] {
  return [
    '## Functions',
    '',
    'Start-up: the median of eleven fresh Node processes that load the built bundle. Peak: the highest resident memory of',
    'a function process during the whole run.',
    '',
    '| function | bundle | start-up | memory after it | peak |',
    '|---|---|---|---|---|',
    ...startUps.map(
      ({ name, bundleKiB, initMs, residentMiB }) =>
        `| ${name} | ${bundleKiB.toFixed(0)} KiB | ${initMs.toFixed(0)} ms | ${residentMiB.toFixed(0)} MiB | ${peak(peaks[name])} |`,
    ),
  ];
}

function peak(mib: number | undefined): string {
  return mib === undefined ? 'not seen' : `${mib.toFixed(0)} MiB`;
}
