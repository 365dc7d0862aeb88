import { join } from 'node:path';
import { short, table } from '../markdown.ts';
import { builtFunction } from '../starts/built.ts';
import type { Latencies } from './modelled-endpoint.ts';
import { measureParallelism, type ParallelismResult } from './parallelism.ts';

/** What AWS is modelled to take for a request, in ms. */
const LATENCIES: Latencies = { copy: 40, head: 15, table: 5 };
const SETTINGS = [4, 8, 16, 32, 64];
/** Lambda gives a function as much of a core as it has of this memory. */
const FULL_CORE_MIB = 1769;
const FUNCTION_MIB = 256;

/** How many objects of a batch one instance should handle at the same time. */
export async function parallelism(): Promise<string[]> {
  const handler = join(await builtFunction('CaptureBacklogFunction'), 'handler.mjs');
  return parallelismSection(await measureParallelism(handler, LATENCIES, SETTINGS), LATENCIES);
}

export function parallelismSection(results: readonly ParallelismResult[], latencies: Latencies): string[] {
  const { copy, head, table: row } = latencies;
  return [
    '## Parallelism inside a batch',
    '',
    'One instance of the built `capture-backlog`, first full backup, on a whole core, beside an endpoint that answers a',
    `copy after ${copy} ms, a HEAD after ${head} ms and a request to the table after ${row} ms. The last column is`,
    `computed: Lambda gives ${FUNCTION_MIB} MiB ${(FUNCTION_MIB / FULL_CORE_MIB).toFixed(3)} of a core, and CPU time`,
    'alone then allows so many.',
    '',
    ...table(
      [
        'ObjectConcurrency',
        'objects a second',
        'CPU per object',
        'peak memory',
        `at most, with ${FUNCTION_MIB} MiB`,
      ],
      results.map(({ concurrency, objectsPerSecond, cpuMsPerObject, peakMiB }) => [
        String(concurrency),
        short(objectsPerSecond),
        `${cpuMsPerObject.toFixed(2)} ms`,
        `${peakMiB.toFixed(0)} MiB`,
        `${short(cpuBound(cpuMsPerObject))} a second`,
      ]),
    ),
  ];
}

/** Objects a second that a function's share of a core can do, whatever it waits for. */
export function cpuBound(cpuMsPerObject: number): number {
  return (1000 / cpuMsPerObject) * (FUNCTION_MIB / FULL_CORE_MIB);
}
