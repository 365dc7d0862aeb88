import { isDeepStrictEqual } from 'node:util';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import type { RestoreRequest, RestoreWish } from '@holdfast/core/model/restore-request.ts';
import { requestOf } from '@holdfast/core/restore/request-of.ts';
import type { Connection } from '../connection.ts';
import type { Kinds } from '../kind.ts';
import { checkNotBefore } from '../objects/check-not-before.ts';
import { noVersion } from '../objects/find-version.ts';

/** Refuses a restore that would find nothing. @throws {InvalidInputError} */
export async function checkHasCopies(
  request: RestoreWish,
  select: () => AsyncIterable<unknown>,
  connection: Connection,
  context: Kinds,
): Promise<void> {
  if (mayBeNone(request)) return;
  for await (const _ of select()) return;
  await refuseNothing(request, connection, context);
}

/** That nothing changed, or was deleted, is an answer; that there is nothing at all is a mistyped name. */
export function mayBeNone({ deletedOnly, changedSince }: RestoreWish): boolean {
  return deletedOnly || changedSince !== undefined;
}

/** @throws {InvalidInputError} always: nothing is there to be restored */
export async function refuseNothing(
  { source, prefix, at, include, exclude, versionId }: RestoreWish,
  connection: Connection,
  context: Kinds,
): Promise<never> {
  if (versionId !== undefined) throw noVersion({ source, key: prefix }, versionId);
  if (at !== undefined) await checkNotBefore(at, { source, prefix }, connection, context);
  const { stack } = connection;
  const that = include.length + exclude.length > 0 ? ' that matches' : '';
  const when = at === undefined ? '' : ` as of ${formatMoment(at)}`;
  throw new InvalidInputError(
    `the vault of the stack "${stack.name}" holds nothing under ${source}/${prefix}${when}${that}: ` +
      `holdfast ls ${source} shows what it holds, with --deleted what was deleted`,
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
  // Without a moment of its own, a request means the one at which it was first accepted; how much it may delete was
  // counted then.
  const { maxDeletions } = accepted;
  return isDeepStrictEqual(accepted, { ...request, at: request.at ?? accepted.at, maxDeletions });
}
