import { kinds, short, table } from '../markdown.ts';
import { median, medianCounts, spread } from '../measure/statistics.ts';
import { PHASES, type PhaseName } from './contestant.ts';
import type { Measured, PeersOptions, Results } from './peers.ts';
import type { Tool } from './tools.ts';

export type PeersResult = PeersOptions & {
  readonly results: Results;
  /** The peers' programs by name: their versions, or why they could not run. */
  readonly tools: Readonly<Record<string, Tool>>;
};

const TITLES: Readonly<Record<PhaseName, string>> = {
  first: 'First full backup',
  unchanged: 'Nothing changed',
  changed: '1 % changed, 1 % deleted',
};

/** The section on peers, in Markdown. */
export function peersSection({ objects, repeat, results, tools }: PeersResult): string[] {
  return [
    '## Beside its peers',
    '',
    `One bucket of ${objects.toLocaleString('en-US')} objects of 1 KiB, copied into another bucket of the same local`,
    `cloud through the same counting proxy, one tool after the other; medians of ${repeat} (and the range of wall times),`,
    'new buckets and another order each time. After each backup every copy is compared with its source. CPU and memory',
    'are those of the tool: for Holdfast of its command and of all function processes that worked; the endpoint is not in',
    'them. Busy is the share of its time in which the emulator, one Python process, was computing: near 100 % the wall',
    'time is the emulator’s, and requests and CPU time say more. It checks each request’s rights, which takes it longer',
    'for a function’s role than for the peers, which are its root user.',
    '',
    'Holdfast’s first backup and changes are found by a reconcile here, as a peer would; usually events bring them, see',
    'above. It keeps every version and a catalog, which the peers do not.',
    '',
    ...toolTable(tools),
    ...failures(results),
    ...PHASES.flatMap((phase) => phaseTables(phase, results)),
  ];
}

function toolTable(tools: Readonly<Record<string, Tool>>): string[] {
  const rows = Object.entries(tools).map(([name, tool]) => [
    name,
    tool.found ? tool.version : `**not run:** ${tool.why}`,
  ]);
  return [...table(['peer', 'version'], rows), ''];
}

function phaseTables(phase: PhaseName, results: Results): string[] {
  const rows = [...results].flatMap(([name, runs]) =>
    'failed' in runs ? [] : [[name, runs[phase]] as const],
  );
  return [
    `### ${TITLES[phase]}`,
    '',
    ...table(
      ['', 'requests', 'wall', 'CPU', 'peak memory', 'endpoint busy', 'requests a second'],
      rows.map(([name, runs]) => [`\`${name}\``, ...cells(runs)]),
    ),
    '',
    ...rows.map(([name, runs]) => `- \`${name}\`: ${kinds(medianCounts(runs.map((run) => run.requests)))}`),
    '',
  ];
}

/** A peer that could not be measured is told of, and not just missing. */
function failures(results: Results): string[] {
  return [...results].flatMap(([name, runs]) =>
    'failed' in runs ? [`**Not measured:** \`${name}\`: ${firstLine(runs.failed)}`, ''] : [],
  );
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

function cells(runs: readonly Measured[]): string[] {
  const of = (value: (run: Measured) => number) => median(runs.map(value));
  return [
    of(total).toLocaleString('en-US'),
    wall(runs),
    `${of(({ cpuSeconds }) => cpuSeconds).toFixed(1)} s`,
    memory(
      of(({ peakMiB }) => peakMiB),
      of(({ allPeaksMiB }) => allPeaksMiB),
    ),
    `${(100 * of(({ endpointSeconds, seconds }) => endpointSeconds / seconds)).toFixed(0)} %`,
    short(of((run) => total(run) / run.seconds)),
  ];
}

function total({ requests }: Measured): number {
  return Object.values(requests).reduce((sum, n) => sum + n, 0);
}

function wall(runs: readonly Measured[]): string {
  const { median: middle, min, max } = spread(runs.map(({ seconds }) => seconds));
  const jobs = runs.flatMap(({ jobSeconds }) => (jobSeconds === undefined ? [] : [jobSeconds]));
  const job = jobs.length === 0 ? '' : `; its job ${median(jobs).toFixed(2)} s`;
  return `${middle.toFixed(2)} s (${min.toFixed(2)}–${max.toFixed(2)})${job}`;
}

function memory(largest: number, all: number): string {
  const one = `${largest.toFixed(0)} MiB`;
  return all - largest < 1 ? one : `${one}, all processes ${all.toFixed(0)} MiB`;
}
