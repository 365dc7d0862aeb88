import { type ReindexedSource, reindex } from '@holdfast/core/catalog/reindex.ts';
import type { Command } from 'commander';
import type { Reindex } from '../../operations/json/reindex.ts';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { count, counted } from '../text/format.ts';

export function define(command: Command, act: Act): void {
  command
    .description(
      'Rebuilds the catalog from the vault alone: writes entries that are missing or name another copy than the ' +
        'vault has on top. What is right stays as it is, and running captures are not disturbed.',
    )
    .option('--dry-run', 'only say what would be written')
    .addHelpText(
      'after',
      helpText({
        examples: ['holdfast reindex --dry-run', 'holdfast reindex --json'],
        notes: 'Afterwards a reconcile of each source fills in what only the source knows.',
      }),
    )
    .action(act(runReindex));
}

async function runReindex(context: Context, { dryRun = false }: { dryRun?: boolean }): Promise<ExitCode> {
  const { world } = await context.connect(dryRun ? 'reading' : 'writing');
  const { kinds, output, onInterrupt } = context;
  onInterrupt('what was written is right; run the same command again for the rest');
  output.progress('reading the vault');
  const onProgress = (source: string, keys: number) =>
    output.progress(`${source}: ${counted(keys, 'key')} read`);
  const answer: Reindex = { dryRun, sources: [] };
  for await (const source of reindex({ dryRun, onProgress }, kinds, world)) {
    answer.sources.push(source);
    if (!output.json) output.lines(lineOf(source, dryRun));
  }
  output.answer(answer, () => lastLines(answer));
  return EXIT.done;
}

function lineOf({ source, keys, written, right, rowMissing }: ReindexedSource, dryRun: boolean): string {
  const wrote = dryRun ? 'to be written' : 'written';
  const row = rowMissing ? `, the source itself was missing` : '';
  return `${source}: ${counted(keys, 'key')}, ${count(written)} ${wrote}, ${count(right)} right${row}`;
}

function lastLines({ dryRun, sources }: Reindex): string[] {
  if (sources.length === 0) return ['the vault holds nothing yet'];
  if (dryRun) return ['nothing was written (--dry-run)'];
  return ['now let each source be compared with it: holdfast reconcile <source> --wait'];
}
