import { table } from '../markdown.ts';
import { likeKeys, type Phase, runBackup, runUnchanged, spreadKeys } from './backup-scenario.ts';
import { BARS, type Verdict, verdict } from './bars.ts';
import { figure, span } from './figures.ts';
import { DEFAULTS, type Modelled } from './settings.ts';
import type { Tuning } from './stack.ts';

const MILLION = 1_000_000;
const BILLION = 1_000_000_000;
const TUNED = 30_000;

const SPREAD: Modelled = { ...DEFAULTS, limits: { ...DEFAULTS.limits, tablePartitions: 8 } };
const TUNINGS: ReadonlyArray<readonly [string, Modelled, Tuning]> = [
  ['as the template has it', DEFAULTS, {}],
  ['MemorySize 256 for all', DEFAULTS, { memoryMiB: 256 }],
  ['MemorySize 1024 for all', DEFAULTS, { memoryMiB: 1024 }],
  ['MaximumConcurrency 20', DEFAULTS, { maximumConcurrency: 20 }],
  ['MaximumConcurrency 50', DEFAULTS, { maximumConcurrency: 50 }],
  ['ObjectConcurrency 32', DEFAULTS, { objectConcurrency: 32 }],
  ['MemorySize 1024 for all, entries on 8 partitions', SPREAD, { memoryMiB: 1024 }],
  [
    'MaximumConcurrency 50, MemorySize 1024 for all, entries on 8 partitions',
    SPREAD,
    { maximumConcurrency: 50, memoryMiB: 1024 },
  ],
];

/** A bucket that is there before: first backup, unchanged reconcile, restore; simulated, and beyond that extrapolated. */
export async function backupSection(
  largest: number,
): Promise<{ lines: string[]; verdicts: Verdict[]; phases: readonly Phase[] }> {
  const small = await runBackup(1000, DEFAULTS);
  const large = await runBackup(largest, DEFAULTS);
  const shapes = await keysTable(largest);
  const lines = [...sizesTable([...small, ...large], large), ...shapes, ...(await tuningTable())];
  const unchanged = large.find(({ name }) => name === 'unchanged reconcile');
  const verdicts = unchanged === undefined ? [] : [requestsVerdict(unchanged)];
  return { lines, verdicts, phases: large };
}

function sizesTable(simulated: readonly Phase[], large: readonly Phase[]): string[] {
  const beyond = [...(large[0]?.objects === MILLION ? [] : [MILLION]), BILLION];
  return [
    '### What was there before',
    '',
    'Buckets of so many small objects. "extrapolated": not run, but reckoned from the largest run at the same rate: a step',
    'looks at a bounded number of keys and eight ranges run side by side, so the rate does not depend on the size.',
    '',
    ...table(
      ['', 'objects', '', 'time', 'objects/s', 'of it listing', 'dollars', 'dollars per million'],
      [
        ...simulated.map((phase) => phaseRow(phase, 'simulated')),
        ...beyond.flatMap((objects) =>
          large.map((phase) => phaseRow(scaled(phase, objects), 'extrapolated')),
        ),
      ],
    ),
    '',
    'Requests for each object, in the largest run:',
    '',
    ...table(
      ['', 'requests for each object'],
      large.map(({ name, requests }) => [
        name,
        requests.map(([kind, n]) => `${figure(n)} ${kind}`).join(', '),
      ]),
    ),
    '',
  ];
}

function phaseRow(phase: Phase, how: string): string[] {
  const { name, objects, seconds, listingSeconds, dollars } = phase;
  return [
    name,
    objects.toLocaleString('en-US'),
    how,
    span(seconds),
    figure(objects / seconds),
    span(listingSeconds),
    dollars.toFixed(2),
    figure((dollars / objects) * MILLION),
  ];
}

function scaled(phase: Phase, objects: number): Phase {
  const factor = objects / phase.objects;
  return {
    ...phase,
    objects,
    seconds: phase.seconds * factor,
    listingSeconds: phase.listingSeconds * factor,
    dollars: phase.dollars * factor,
  };
}

async function keysTable(objects: number): Promise<string[]> {
  const shapes = [
    ['begin differently: `9e3779b1/0`', () => spreadKeys(objects)],
    ['all begin alike: `2026/000000000.jpg`', () => likeKeys(objects)],
  ] as const;
  const rows: string[][] = [];
  for (const [name, keys] of shapes) {
    const phase = await runUnchanged(keys, objects, DEFAULTS);
    const requests = phase.requests.filter(([kind]) => /^s3 List|^dynamodb Query/.test(kind));
    rows.push([
      name,
      span(phase.seconds),
      figure(objects / phase.seconds),
      requests.map(([kind, n]) => `${figure(n * 1000)} ${kind}`).join(', '),
      span((phase.seconds * BILLION) / objects),
    ]);
  }
  return [
    '### An unchanged reconcile, by how keys begin',
    '',
    `${objects.toLocaleString('en-US')} objects. A range is cut at a key that is guessed from its first characters; where what is`,
    'left of a range all begins alike, none is found, and one range is read to its end.',
    '',
    ...table(['keys', 'time', 'keys/s', 'for each 1,000 keys', 'a billion, extrapolated'], rows),
    '',
  ];
}

async function tuningTable(): Promise<string[]> {
  const rows: string[][] = [];
  for (const [name, settings, tuning] of TUNINGS) {
    const [first, unchanged, restore] = await runBackup(TUNED, settings, tuning);
    if (first === undefined || unchanged === undefined || restore === undefined) continue;
    rows.push([
      name,
      ...[first, unchanged, restore].map((phase) => figure(phase.objects / phase.seconds)),
      figure((first.dollars / TUNED) * MILLION),
      figure(first.throttled / TUNED),
    ]);
  }
  return [
    '### Other settings for it',
    '',
    `Objects a second with ${TUNED.toLocaleString('en-US')} objects; start and end weigh more than in large buckets.`,
    '',
    ...table(
      [
        '',
        'first backup',
        'unchanged',
        'restore',
        'first backup, $ per million',
        'refused and tried again, per object',
      ],
      rows,
    ),
    '',
  ];
}

function requestsVerdict({ requests }: Phase): Verdict {
  const asked = requests.filter(([kind]) => /^(s3|dynamodb) /.test(kind)).reduce((sum, [, n]) => sum + n, 0);
  return verdict(
    'unchanged reconcile: S3 and DynamoDB requests per 1,000 objects',
    asked * 1000,
    BARS.unchangedRequests,
  );
}
