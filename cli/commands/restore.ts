import { checkTarget } from '@holdfast/core/flows/restore/accept-restore.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import {
  checkRestoreMessage,
  type RestoreMessage,
  type RestoreRequest,
} from '@holdfast/core/model/restore-request.ts';
import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { newJobId, startJob, tellStarted } from '../jobs/start-job.ts';
import { noteMoment, pastMoment, repeatable } from '../options.ts';
import type { Act } from '../registry.ts';
import { checkHasCopies, checkSameRequest } from '../restore/restore-checks.ts';
import { checkBucket } from '../sources/bucket-argument.ts';

type Options = {
  readonly to: string;
  readonly at?: string;
  readonly include?: string[];
  readonly exclude?: string[];
  readonly overwrite?: true;
  readonly jobId?: string;
  readonly wait?: true;
};
type Sent = RestoreMessage & { readonly jobId: string };

export function define(command: Command, act: Act): void {
  command
    .description(
      'Brings objects back from the vault, now or as of any moment. Objects that are right already are left alone; ' +
        'objects that differ at the target are reported, and overwritten only with --overwrite. Nothing is deleted.',
    )
    .argument('<uri>', 's3://bucket, or s3://bucket/prefix')
    .requiredOption(
      '--to <uri>',
      's3://target, or s3://target/prefix: a restored key is the prefix and the whole source key',
    )
    .option('--at <time>', 'as of this moment: ISO 8601 with a zone, as 2026-03-01T12:00:00Z')
    .option('--include <glob>', 'only keys that match; can be repeated', repeatable)
    .option('--exclude <glob>', 'no keys that match; wins over --include; can be repeated', repeatable)
    .option('--overwrite', 'replace objects that differ at the target')
    .option('--job-id <id>', 'a name of your own: the same request under the same name is done once')
    .option('--wait', 'wait until it is done')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast restore s3://photos --to s3://holdfast-restore-photos --wait',
          'holdfast restore s3://photos/2026/ --to s3://photos/restored/ --at 2026-03-01T12:00:00Z --wait',
          "holdfast restore s3://photos --to s3://photos-copy --include '**/*.jpg' --overwrite --json",
        ],
        notes:
          'Targets can be protected buckets, buckets named <stack>-restore-*, and what the stack allows in RestoreTargets.',
        exits: {
          1: 'failed, or with --wait: the restore failed',
          3: 'conflicts, or objects that failed (with --wait)',
        },
      }),
    )
    .action(act(restore));
}

async function restore(context: Context, uri: string, options: Options): Promise<ExitCode> {
  const message = toMessage(uri, options, context);
  const request = checkRestoreMessage(message);
  const at = options.at === undefined ? undefined : pastMoment(options.at, context);
  const connection = await context.connect();
  await checkTarget(request, connection.world);
  await checkBucket(request.target.bucket, connection);
  if (at !== undefined) noteMoment(at, context, connection);
  const known = await connection.world.catalog.getJob(message.jobId);
  const telling = {
    jobId: message.jobId,
    facts: { source: sourceUri(request.bucket), request: message },
    heading: [headingOf(request)],
    wait: options.wait ?? false,
  };
  if (known !== undefined) {
    checkSameRequest(known, request);
    const heading = [`job ${known.id} was asked for before; nothing is sent again`];
    return tellStarted({ ...telling, heading }, connection, context);
  }
  await checkHasCopies(request, connection);
  return startJob({ ...telling, queue: 'restore', message }, connection, context);
}

function toMessage(uri: string, options: Options, context: Context): Sent {
  const { to, at, include, exclude, overwrite = false, jobId } = options;
  return {
    source: uri,
    target: to,
    ...(at === undefined ? {} : { at }),
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    overwrite,
    jobId: jobId ?? newJobId('restore', context),
  };
}

function headingOf({ bucket, prefix, at, target }: RestoreRequest): string {
  const when = at === undefined ? 'now' : formatMoment(at);
  return `restoring ${sourceUri(bucket)}/${prefix} as of ${when} to ${sourceUri(target.bucket)}/${target.prefix}`;
}
