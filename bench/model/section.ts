import { PRICES } from '@holdfast/core/cost/prices.ts';
import { table } from '../markdown.ts';
import { backupSection } from './backup-section.ts';
import type { Verdict } from './bars.ts';
import { captureSection } from './capture-section.ts';
import { drifted } from './drift.ts';
import { DEFAULTS, settingsTable } from './settings.ts';

export type ModelOptions = {
  /** Objects of the largest bucket that is simulated. A million takes some minutes and 2 GiB of memory. */
  readonly largest?: number;
  readonly onProgress?: (text: string) => void;
};

/** The chapter of docs/benchmarks.md that the model makes. */
export async function modelSection({
  largest = 1_000_000,
  onProgress = () => {},
}: ModelOptions = {}): Promise<string> {
  onProgress('changes, by instances, rates and settings');
  const capture = await captureSection();
  onProgress(`buckets of 1,000 and of ${largest.toLocaleString('en-US')} objects`);
  const backup = await backupSection(largest);
  const drift = drifted(backup.phases, capture.alone);
  return [
    '## Speed and cost, modelled',
    '',
    'Nothing here was measured on AWS. The real flows run over the ports in memory, on a virtual clock, with the latencies',
    'and limits in the table at the end, the settings of `template.yaml`, and seeded random numbers: every run gives the same',
    `figures. Prices are list prices of ${PRICES.region} of ${PRICES.date}, without free tiers.`,
    '',
    ...verdictTable([...capture.verdicts, ...backup.verdicts]),
    ...capture.lines,
    ...backup.lines,
    '### What is assumed of AWS',
    '',
    ...table(['', 'value', 'from'], settingsTable(DEFAULTS)),
    '',
    ...drift.map((line) => `\`holdfast cost\` has drifted from the model: ${line}.`),
  ].join('\n');
}

function verdictTable(verdicts: readonly Verdict[]): string[] {
  return [
    '### The bars of the design',
    '',
    ...table(
      ['bar', 'modelled', ''],
      verdicts.map(({ bar, value, met }) => [bar, value, met ? 'met' : '**missed**']),
    ),
    '',
  ];
}
