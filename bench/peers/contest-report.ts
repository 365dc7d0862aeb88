import { kinds, short, table } from '../markdown.ts';
import { median, medianCounts, spread } from '../measure/statistics.ts';
import type { Measured, Results } from './contest.ts';
import type { Tool } from './tools.ts';

/** The peers' programs by name: their versions, or why they could not run. */
export type Tools = Readonly<Record<string, Tool>>;

export type PhaseTables<Phase extends string> = {
  /** By phase, in the order of the report. */
  readonly titles: Readonly<Record<Phase, string>>;
  readonly results: Results<Phase>;
  readonly tools: Tools;
  /** What a run goes over. */
  readonly objects: number;
};

/** Who took part, who could not, and a table for each phase. */
export function contestTables<Phase extends string>(shown: PhaseTables<Phase>): string[] {
  const phases = Object.keys(shown.titles) as Phase[];
  return [
    ...toolTable(shown.tools),
    ...failures(shown.results),
    ...phases.flatMap((phase) => phaseTable(phase, shown)),
  ];
}

/** How many runs were measured; each of them was compared. */
export function runsOf<Phase extends string>(results: Results<Phase>): number {
  const all = [...results.values()].flatMap((runs) =>
    'failed' in runs ? [] : Object.values<readonly Measured[]>(runs),
  );
  return all.reduce((sum, runs) => sum + runs.length, 0);
}

function toolTable(tools: Tools): string[] {
  const rows = Object.entries(tools).map(([name, tool]) => [
    name,
    tool.found ? tool.version : `**not run:** ${tool.why}`,
  ]);
  return [...table(['peer', 'version'], rows), ''];
}

function phaseTable<Phase extends string>(
  phase: Phase,
  { titles, results, objects }: PhaseTables<Phase>,
): string[] {
  const rows = [...results].flatMap(([name, runs]) =>
    'failed' in runs ? [] : [[name, runs[phase]] as const],
  );
  return [
    `### ${titles[phase]}`,
    '',
    ...table(
      ['', 'requests', 'for each object', 'wall', 'CPU', 'peak memory', 'endpoint busy', 'requests a second'],
      rows.map(([name, runs]) => [`\`${name}\``, ...cells(runs, objects)]),
    ),
    '',
    ...rows.map(([name, runs]) => `- \`${name}\`: ${kinds(medianCounts(runs.map((run) => run.requests)))}`),
    '',
  ];
}

/** A peer that could not be measured is told of, and not just missing. */
function failures<Phase extends string>(results: Results<Phase>): string[] {
  return [...results].flatMap(([name, runs]) =>
    'failed' in runs ? [`**Not measured:** \`${name}\`: ${firstLine(runs.failed)}`, ''] : [],
  );
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

function cells(runs: readonly Measured[], objects: number): string[] {
  const of = (value: (run: Measured) => number) => median(runs.map(value));
  return [
    of(total).toLocaleString('en-US'),
    short(of(total) / objects),
    wall(runs),
    cpu(runs),
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

/** Of the functions too, where any worked. */
function cpu(runs: readonly Measured[]): string {
  const all = median(runs.map(({ cpuSeconds }) => cpuSeconds));
  const command = median(runs.map(({ commandCpuSeconds }) => commandCpuSeconds));
  return all - command < 0.05
    ? `${all.toFixed(1)} s`
    : `${all.toFixed(1)} s; its command ${command.toFixed(1)} s`;
}

function memory(largest: number, all: number): string {
  const one = `${largest.toFixed(0)} MiB`;
  return all - largest < 1 ? one : `${one}, all processes ${all.toFixed(0)} MiB`;
}
