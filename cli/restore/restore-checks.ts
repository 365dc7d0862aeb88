import { isDeepStrictEqual } from 'node:util';
import { requestOf } from '@holdfast/core/flows/restore/request-of.ts';
import { selectedObjects } from '@holdfast/core/flows/restore/select-objects.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import type { RestoreRequest, RestoreWish } from '@holdfast/core/model/restore-request.ts';
import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import type { Connection } from '../context.ts';

/** Refuses a restore that would find nothing. @throws {InvalidInputError} */
export async function checkHasCopies(request: RestoreWish, { world, stack }: Connection): Promise<void> {
  const { bucket, prefix, at } = request;
  for await (const _ of selectedObjects({ ...request, at: at ?? Number.MAX_SAFE_INTEGER }, world)) return;
  const when = at === undefined ? '' : ` as of ${formatMoment(at)}`;
  throw new InvalidInputError(
    `the vault of the stack "${stack.name}" holds nothing under ${sourceUri(bucket)}/${prefix}${when}: ` +
      `holdfast ls ${sourceUri(bucket)} shows what it holds, with --deleted what was deleted`,
  );
}

/**
 * The same request under the same id is the same job; another one must not seem to have been done.
 *
 * @throws {InvalidInputError}
 */
export function checkSameRequest(known: Job, request: RestoreRequest): void {
  if (isSame(known, request)) return;
  throw new InvalidInputError(
    `there is a job "${known.id}" already, and it is another one (holdfast job ${known.id} shows it): choose another --job-id`,
  );
}

function isSame(known: Job, { jobId: _, ...request }: RestoreRequest): boolean {
  if (known.kind !== 'restore' || known.source === 'unknown') return false;
  const accepted = requestOf(known);
  // Without a moment of its own, a request means the one at which it was first accepted.
  return isDeepStrictEqual(accepted, { ...request, at: request.at ?? accepted.at });
}
