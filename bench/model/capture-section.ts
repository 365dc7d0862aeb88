import { type Dollars, priceOf, timesUsage, total } from '@holdfast/core/cost/usage.ts';
import { table } from '../markdown.ts';
import { BARS, type Verdict, verdict } from './bars.ts';
import { type CaptureResult, type Changes, runCapture } from './capture-scenario.ts';
import { figure, span } from './figures.ts';
import { DEFAULTS, SLOW_S3 } from './settings.ts';
import type { Tuning } from './stack.ts';
import { TEMPLATE } from './template.ts';

const MILLION = 1_000_000;
const CONCURRENCIES = [1, 2, 5, 10, 20, 50];
const BURST: Changes = { objects: 20_000, perSecond: Number.POSITIVE_INFINITY };
const STEADY: Changes = { objects: 10_000, perSecond: 100 };
const RATES: readonly Changes[] = [
  { objects: 300, perSecond: 0.1 },
  { objects: 1_000, perSecond: 1 },
  { objects: 3_000, perSecond: 20 },
  { objects: 10_000, perSecond: 200 },
  { objects: 20_000, perSecond: 500 },
];
const TUNINGS: ReadonlyArray<readonly [string, Tuning]> = [
  ['as the template has it', {}],
  ['ObjectConcurrency 4', { objectConcurrency: 4 }],
  ['ObjectConcurrency 32', { objectConcurrency: 32 }],
  ['MemorySize 512', { memoryMiB: 512 }],
  ['MemorySize 1024', { memoryMiB: 1024 }],
  ['batches of 10', { batchSize: 10 }],
  ['window 5 s', { windowSeconds: 5 }],
  ['MaximumConcurrency 2, window 5 s', { maximumConcurrency: 2, windowSeconds: 5 }],
  ['MaximumConcurrency 50, MemorySize 1024', { maximumConcurrency: 50, memoryMiB: 1024 }],
];

/** Objects that change: how fast they are captured, how late, and for how much. */
export async function captureSection(): Promise<{
  lines: string[];
  verdicts: Verdict[];
  alone: CaptureResult;
}> {
  const byRate = await all(RATES, (changes) => runCapture(changes, DEFAULTS));
  const lines = [
    ...(await concurrencyTable('A steady stream of 100 changes a second', STEADY)),
    ...(await concurrencyTable('A burst of 20,000 changes at once', BURST)),
    ...rateTable(byRate),
    ...(await slowTable()),
    ...(await tuningTable()),
  ];
  const [alone, , steady] = byRate;
  if (alone === undefined || steady === undefined) throw new Error('no rates to look at');
  return { lines, verdicts: byRate.flatMap(verdictsOf), alone };
}

async function concurrencyTable(title: string, changes: Changes): Promise<string[]> {
  const results = await all(CONCURRENCIES, (maximumConcurrency) =>
    runCapture(changes, DEFAULTS, { maximumConcurrency }),
  );
  return [
    `### ${title}`,
    '',
    'By how many instances of the function may run (`MaximumConcurrency`; AWS takes 2 at least, the template has',
    `${TEMPLATE.captureChanges.maximumConcurrency}). Lag: from the event's arrival in the queue to the record; in brackets, from the change itself.`,
    'The events of a burst take some seconds to arrive: it is over no sooner.',
    '',
    ...table(
      [
        'instances',
        'objects/s',
        'all recorded after',
        'lag p50',
        'lag p99',
        'refused and tried again, per object',
      ],
      results.map((result, index) => [
        String(CONCURRENCIES[index]),
        figure(result.perSecond),
        span(result.seconds),
        lag(result, 'p50'),
        lag(result, 'p99'),
        figure(result.throttled),
      ]),
    ),
    '',
  ];
}

function lag({ lag, sinceChange }: CaptureResult, which: 'p50' | 'p99'): string {
  return `${figure(lag[which])} s (${figure(sinceChange[which])} s)`;
}

function rateTable(results: readonly CaptureResult[]): string[] {
  return [
    '### Dollars for a million changed objects',
    '',
    'At list price, by how many change in a second: what comes together shares invocations, receives and totals.',
    '',
    ...table(
      [
        'changes/s',
        'objects an invocation',
        'S3',
        'DynamoDB',
        'SQS',
        'EventBridge',
        'Lambda',
        'logs',
        'in all',
        '',
      ],
      results.map((result, index) => {
        const dollars = dollarsPerMillion(result);
        const parts = (['s3', 'dynamodb', 'sqs', 'eventbridge', 'lambda', 'logs'] as const).map((name) =>
          money(dollars[name]),
        );
        const sum = total(dollars);
        return [
          figure(RATES[index]?.perSecond ?? 0),
          figure(result.objectsPerInvocation),
          ...parts,
          money(sum),
          sum <= BARS.dollarsPerMillion ? 'met' : '**missed**',
        ];
      }),
    ),
    '',
    `Requests for each object, at the last of these rates: ${requestWords(results.at(-1))}.`,
    '',
  ];
}

function requestWords(result: CaptureResult | undefined): string {
  return (result?.requests ?? []).map(([kind, n]) => `${figure(n)} ${kind}`).join(', ');
}

async function slowTable(): Promise<string[]> {
  const [steady, burst] = await all([STEADY, BURST], (changes) => runCapture(changes, SLOW_S3));
  if (steady === undefined || burst === undefined) return [];
  return [
    '### The same with an S3 that is three times as slow',
    '',
    ...table(
      ['', 'objects/s', 'lag p50', 'lag p99', '$ per million'],
      [
        ['100 changes a second', steady],
        ['20,000 at once', burst],
      ].map(([name, result]) => row(name as string, result as CaptureResult)),
    ),
    '',
  ];
}

async function tuningTable(): Promise<string[]> {
  const bursts = await all(TUNINGS, ([, tuning]) => runCapture(BURST, DEFAULTS, tuning));
  const steadies = await all(TUNINGS, ([, tuning]) =>
    runCapture({ objects: 3_000, perSecond: 20 }, DEFAULTS, tuning),
  );
  return [
    '### Other settings than the template has',
    '',
    ...table(
      [
        '',
        '20,000 at once: objects/s',
        'lag p50',
        'lag p99',
        '$ per million',
        '20 a second: lag p99',
        '$ per million',
      ],
      TUNINGS.map(([name], index) => {
        const [burst, steady] = [bursts[index], steadies[index]];
        if (burst === undefined || steady === undefined) return [name];
        return [...row(name, burst), `${figure(steady.lag.p99)} s`, money(total(dollarsPerMillion(steady)))];
      }),
    ),
    '',
  ];
}

function row(name: string, result: CaptureResult): string[] {
  return [
    name,
    figure(result.perSecond),
    `${figure(result.lag.p50)} s`,
    `${figure(result.lag.p99)} s`,
    money(total(dollarsPerMillion(result))),
  ];
}

function verdictsOf(result: CaptureResult, index: number): Verdict[] {
  const at = `at ${figure(RATES[index]?.perSecond ?? 0)} changes/s:`;
  const { queueRequests } = result.usage;
  return [
    verdict(`${at} lag p50`, result.lag.p50, BARS.lagP50, ' s'),
    verdict(`${at} lag p99`, result.lag.p99, BARS.lagP99, ' s'),
    verdict(`${at} $ per million`, total(dollarsPerMillion(result)), BARS.dollarsPerMillion),
    verdict(`${at} SQS requests an object, without EventBridge's own`, queueRequests - 1, BARS.queueRequests),
  ];
}

function dollarsPerMillion({ usage }: CaptureResult): Dollars {
  return priceOf(timesUsage(usage, MILLION));
}

function money(dollars: number): string {
  return dollars.toFixed(2);
}

/** One after the other: each run is large. */
async function all<T, R>(inputs: readonly T[], work: (input: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const input of inputs) results.push(await work(input));
  return results;
}
