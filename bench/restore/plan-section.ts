import { resolve } from 'node:path';
import { checkoutVenv } from '../../scripts/lib/checkout-venv.ts';
import { table } from '../markdown.ts';
import { type CommandUse, measureCommand } from '../measure/measured-command.ts';
import type { BenchOptions } from '../options.ts';
import type { Planned } from './plan-probe.ts';

const PROBE = resolve(import.meta.dirname, 'plan-probe.ts');
const BAR_MIB = 512;
/** The process itself, and how little it grows. */
const SMALL_KEYS = 1000;

export type MeasuredPlan = Planned & Pick<CommandUse, 'seconds' | 'cpuSeconds' | 'peakMiB'>;

/** What a plan takes that looks at more keys than any memory could hold. */
export async function restorePlan({ keys }: BenchOptions): Promise<string[]> {
  const { python } = await checkoutVenv();
  const plans: MeasuredPlan[] = [];
  for (const many of [SMALL_KEYS, keys]) {
    const argv = [process.execPath, PROBE, String(many)];
    const { output, ...use } = await measureCommand({ argv, env: withoutWarnings() }, python);
    plans.push({ ...use, ...(JSON.parse(output) as Planned) });
  }
  return planSection(plans);
}

function withoutWarnings(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_NO_WARNINGS: '1' };
}

export function planSection(plans: readonly MeasuredPlan[]): string[] {
  const peak = Math.max(...plans.map(({ peakMiB }) => peakMiB));
  return [
    '## A plan before a restore',
    '',
    'What `restore --dry-run` into a bucket does, `makePlan`, in a process of its own. The vault has one version of each key,',
    'the target every other object. Their pages, of 1,000, are made as they are asked for and not kept, in the same process:',
    'S3’s answers come on top of the time.',
    '',
    ...table(
      ['keys', 'already right', 'to be written', 'listings', 'seconds', 'CPU', 'peak memory'],
      plans.map(({ selected, right, fresh, listings, seconds, cpuSeconds, peakMiB }) => [
        ...[selected, right, fresh, listings].map((n) => n.toLocaleString('en-US')),
        `${seconds.toFixed(1)} s`,
        `${cpuSeconds.toFixed(1)} s`,
        `${peakMiB.toFixed(0)} MiB`,
      ]),
    ),
    '',
    `Bar: within ${BAR_MIB} MiB of resident memory: ${peak <= BAR_MIB ? 'held' : 'missed'}.`,
  ];
}
