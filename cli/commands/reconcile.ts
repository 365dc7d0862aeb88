import type { ReconcileMessage } from '@holdfast/core/model/messages.ts';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { checkReportFile, reportOption } from '../jobs/save-report.ts';
import { newJobId, startJob } from '../jobs/start-job.ts';
import type { Act } from '../registry.ts';
import { findProtected } from '../sources/source-argument.ts';

type Options = { readonly wait?: true; readonly report?: string };

export function define(command: Command, act: Act): void {
  command
    .description(
      "Compares a source with its backup now, and captures what differs. It also checks the source's event wiring. " +
        'The same happens by itself every day.',
    )
    .argument('<uri>', 's3://bucket')
    .option('--wait', 'wait until it is done')
    .addOption(reportOption())
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast reconcile s3://photos --wait --report today.html',
          'holdfast reconcile s3://photos --json',
        ],
        exits: { 3: 'some objects could not be captured, or a mass deletion is held (with --wait)' },
      }),
    )
    .action(act(reconcile));
}

async function reconcile(context: Context, uri: string, { wait, report }: Options): Promise<ExitCode> {
  checkReportFile(report, wait ?? false);
  const { source, connection } = await findProtected(uri, context);
  const jobId = newJobId('reconcile', context);
  const message: ReconcileMessage = { kind: 'reconcile', source: source.source, trigger: 'manual', jobId };
  const heading = [`${source.source} is being compared with its backup`];
  const telling = { jobId, facts: { source: source.source }, heading, wait: wait ?? false, report };
  return startJob({ ...telling, queue: 'reconcile', message }, connection, context);
}
