import { checkExact, checkMap, checkTarget } from '@holdfast/core/flows/restore/accept-restore.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import {
  checkRestoreMessage,
  type RestoreMessage,
  type RestoreRequest,
} from '@holdfast/core/model/restore-request.ts';
import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import type { Connection, Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { newJobId, startJob, tellStarted } from '../jobs/start-job.ts';
import { noteMoment } from '../options.ts';
import { checkBucket } from '../sources/bucket-argument.ts';
import { checkHasCopies, checkSameRequest } from './restore-checks.ts';
import { type RestoreOptions, toWish } from './restore-options.ts';

/** A restore into a bucket: the functions do it, this asks them to. */
export async function restoreToBucket(
  uri: string,
  to: string,
  options: RestoreOptions,
  context: Context,
): Promise<ExitCode> {
  const message: RestoreMessage & { jobId: string } = {
    ...toWish(uri, options, context),
    target: to,
    jobId: options.jobId ?? newJobId('restore', context),
  };
  const request = checkRestoreMessage(message);
  const connection = await context.connect();
  await checkRequest(request, connection);
  if (request.at !== undefined) noteMoment(request.at, context, connection);
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

async function checkRequest(request: RestoreRequest, connection: Connection): Promise<void> {
  checkExact(request, connection.world);
  await checkTarget(request, connection.world);
  await checkBucket(request.target.bucket, connection);
  await checkMap(request, connection.world);
}

function headingOf({ bucket, prefix, at, target }: RestoreRequest): string {
  const when = at === undefined ? 'now' : formatMoment(at);
  return `restoring ${sourceUri(bucket)}/${prefix} as of ${when} to ${sourceUri(target.bucket)}/${target.prefix}`;
}
