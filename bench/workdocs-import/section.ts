import { resolve } from 'node:path';
import { bytes } from '@holdfast/core/model/text.ts';
import { checkoutVenv } from '../../scripts/lib/checkout-venv.ts';
import { short, table } from '../markdown.ts';
import { type CommandUse, measureCommand } from '../measure/measured-command.ts';
import type { BenchOptions } from '../options.ts';
import type { Imported } from './import-probe.ts';

const PROBE = resolve(import.meta.dirname, 'import-probe.ts');
const BAR_MIB = 512;
const GIB = 1024 ** 3;
/** The process itself, and how little it grows. */
const SMALL_ENTRIES = 1000;
const ENTRY_BYTES = 10_000;

type Measured = Imported & Pick<CommandUse, 'seconds' | 'cpuSeconds' | 'peakMiB'> & { readonly each: number };

/** What an import takes of exports that no memory could hold: of many entries, and of one large one. */
export async function importExports({ entries, entryGib }: BenchOptions): Promise<string[]> {
  const { python } = await checkoutVenv();
  const measured: Measured[] = [];
  for (const [many, each] of [
    [SMALL_ENTRIES, ENTRY_BYTES],
    [entries, ENTRY_BYTES],
    [1, entryGib * GIB],
  ] as const) {
    const argv = [process.execPath, PROBE, String(many), String(each)];
    const env = { ...process.env, NODE_NO_WARNINGS: '1' };
    const { output, ...use } = await measureCommand({ argv, env }, python);
    measured.push({ ...use, each, ...(JSON.parse(output) as Imported) });
  }
  return importSection(measured);
}

function importSection(measured: readonly Measured[]): string[] {
  const peak = Math.max(...measured.map(({ peakMiB }) => peakMiB));
  const many = measured.toSorted((a, b) => b.entries - a.entries)[0];
  return [
    '## An import of an export of WorkDocs',
    '',
    'What the function `import-export` does, message by message, in a process of its own. The zip is made as it is read, its',
    'entries stored and in folders of a thousand, every document new; the vault keeps nothing, the catalog only users, folders and',
    'steps: S3’s and DynamoDB’s answers come on top of the time.',
    '',
    ...table(
      ['entries', 'bytes each', 'imported', 'messages', 'seconds', 'CPU', 'peak memory'],
      measured.map(({ entries, each, imported, messages, seconds, cpuSeconds, peakMiB }) => [
        entries.toLocaleString('en-US'),
        bytes(each),
        imported.toLocaleString('en-US'),
        messages.toLocaleString('en-US'),
        `${seconds.toFixed(1)} s`,
        `${cpuSeconds.toFixed(1)} s`,
        `${peakMiB.toFixed(0)} MiB`,
      ]),
    ),
    '',
    ...(many === undefined ? [] : requestLines(many)),
    '',
    `Bar: within ${BAR_MIB} MiB of resident memory: ${peak <= BAR_MIB ? 'held' : 'missed'}.`,
  ];
}

function requestLines({ entries, requests }: Measured): string[] {
  return [
    `Requests for each of ${entries.toLocaleString('en-US')} entries:`,
    '',
    ...table(
      ['request', 'in all', 'for an entry'],
      Object.entries(requests)
        .sort(([, a], [, b]) => b - a)
        .map(([name, n]) => [name, n.toLocaleString('en-US'), short(n / entries)]),
    ),
  ];
}
