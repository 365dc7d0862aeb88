import { kinds, short, table } from '../markdown.ts';
import type { Phase, PipelineResult } from './pipeline.ts';

/** The section on the deployed pipeline, in Markdown. */
export function pipelineSection(
  { phases, lag }: PipelineResult,
  peaksMiB: Readonly<Record<string, number>>,
): string[] {
  return [
    '## Requests per object',
    '',
    'Counted at the wire, between the functions and the local cloud. What the emulator does inside (receiving from',
    'queues, delivering events) is not in them; in AWS a message is received and deleted in batches, about 0.3 SQS',
    'requests an object. Wall times are bounded by the emulator.',
    '',
    ...table(
      ['for each', 'objects', 'seconds', 'requests per object'],
      phases.map((phase) => [phase.name, String(phase.objects), phase.seconds.toFixed(1), perObject(phase)]),
    ),
    '',
    '### Requests in all',
    '',
    ...table(
      ['phase', 'requests'],
      phases.map(({ name, requests }) => [name, kinds(requests)]),
    ),
    '',
    '### Lag on the local cloud',
    '',
    'From the change at the source to its record in the catalog, 20 changes a second, functions started before.',
    '',
    ...table(['p50', 'p99', 'longest'], [[`${lag.p50} ms`, `${lag.p99} ms`, `${lag.max} ms`]]),
    '',
    '### Memory',
    '',
    'The highest resident memory of a function process during the whole of it.',
    '',
    ...table(
      ['function', 'peak'],
      Object.entries(peaksMiB)
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([name, peak]) => [name, `${peak.toFixed(0)} MiB`]),
    ),
  ];
}

function perObject({ requests, objects }: Phase): string {
  return Object.entries(requests)
    .map(([kind, n]) => `${short(n / objects)} ${kind}`)
    .join(', ');
}
