import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Command } from 'commander';
import type { Act } from '../command.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { newJobId, startJob } from '../jobs/start-job.ts';
import { WHOLE_HELP } from '../kinds/uri-help.ts';
import { findProtected } from '../sources/source-argument.ts';
import { count, seconds } from '../text/format.ts';

type Options = { readonly yes?: true; readonly wait?: true };

export function define(command: Command, act: Act): void {
  command
    .description(
      'Lets a held mass deletion through. A reconcile that misses more objects than usual marks none of them deleted ' +
        'until somebody has looked at the source and says so here. Deleted objects stay in the vault for its retention.',
    )
    .argument('<uri>', WHOLE_HELP)
    .option('-y, --yes', 'do not ask')
    .option('--wait', 'wait until it is done')
    .addHelpText(
      'after',
      helpText({
        examples: ['holdfast approve s3://photos', 'holdfast approve s3://photos --yes --wait'],
        exits: { 3: 'some objects could not be captured (with --wait)' },
      }),
    )
    .action(act(approve));
}

async function approve(context: Context, uri: string, { yes, wait }: Options): Promise<ExitCode> {
  const { source, connection } = await findProtected(uri, context);
  const { work } = context.kinds.of(source.source);
  const { source: name, heldDeletions: held } = source;
  if (held === undefined)
    throw new InvalidInputError(`no deletions are held for ${name}; there is nothing to approve`);
  await confirm(
    `${count(held.count)} objects are missing at ${name} since the reconcile of ${seconds(held.at)}. Mark them deleted?`,
    yes ?? false,
    context,
  );
  const jobId = newJobId('reconcile', connection, context);
  const start = work.comparison(source, { trigger: 'approve', approved: true, jobId });
  const facts = { source: name, held: held.count };
  const heading = [
    `${name}: what is still missing is marked deleted (${count(held.count)} when it was held)`,
  ];
  const telling = { jobId, facts, heading, wait: wait ?? false };
  return startJob({ ...telling, ...start }, connection, context);
}
