import { defined } from '@holdfast/core/model/defined.ts';
import type { Command } from 'commander';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { checkReportFile, reportOption } from '../jobs/save-report.ts';
import { newJobId, startJob } from '../jobs/start-job.ts';
import { WHOLE_HELP } from '../kinds/uri-help.ts';
import { findProtected } from '../sources/source-argument.ts';

type Options = {
  readonly deep?: true;
  readonly vault?: true;
  readonly wait?: true;
  readonly report?: string;
};

export function define(command: Command, act: Act): void {
  command
    .description(
      "Compares a source with its backup now, and captures what differs. It also checks the source's event wiring. " +
        'The same happens by itself every day. A WorkDocs site is crawled: by itself, every week.',
    )
    .argument('<uri>', WHOLE_HELP)
    .option(
      '--deep',
      'look into every object for what no listing shows: its tags, and its ACL if those are remembered; of a WorkDocs site into ' +
        'every document, for comments and permissions',
    )
    .option(
      '--vault',
      'compare all of the vault too, for what is hidden or was never recorded there; by itself that takes a week',
    )
    .option('--wait', 'wait until it is done, and the large copies that it began')
    .addOption(reportOption())
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast reconcile s3://photos --wait --report today.html',
          'holdfast reconcile s3://photos --vault --wait',
          'holdfast reconcile s3://photos --deep --wait',
          'holdfast reconcile s3://photos --json',
          'holdfast reconcile workdocs://d-1234567890 --deep --wait',
        ],
        exits: { 3: 'some objects could not be captured, or a mass deletion is held (with --wait)' },
      }),
    )
    .action(act(reconcile));
}

async function reconcile(context: Context, uri: string, options: Options): Promise<ExitCode> {
  const { deep, vault, wait, report } = options;
  checkReportFile(report, wait ?? false);
  const { source, connection } = await findProtected(uri, context);
  const { work } = context.kinds.of(source.source);
  if (deep) work.checkDeep(source);
  const jobId = newJobId('reconcile', connection, context);
  const start = work.comparison(source, { trigger: 'manual', jobId, ...defined({ deep, vault }) });
  const heading = [`${source.source} is being compared with its backup`];
  const telling = { jobId, facts: { source: source.source }, heading, wait: wait ?? false, report };
  return startJob({ ...telling, ...start }, connection, context);
}
