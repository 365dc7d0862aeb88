import type { RestoreRequest } from '@holdfast/core/model/restore-request.ts';
import { makePlan } from '@holdfast/core/restore/make-plan.ts';
import type { RestorePlan } from '@holdfast/core/restore/restore-plan.ts';
import type { Connection } from '../connection.ts';
import type { Kinds } from '../kind.ts';
import { mayBeNone, refuseNothing } from './restore-checks.ts';

type Asked = {
  readonly request: RestoreRequest;
  /** As of when it is restored: ms since 1970. */
  readonly at: number;
  /** The target is still to be made, as the source is set up. */
  readonly isNew: boolean;
  /** Hears how many objects were looked at. */
  readonly onProgress: (objects: number) => void;
};

/**
 * What a restore into a bucket would do, and what its target encrypts with, where that can be seen: `restore --dry-run`. Does
 * none of it; `planJson` is the answer.
 *
 * @throws {InvalidInputError} where there is nothing to restore
 */
export async function planRestore(
  { request, at, isNew, onProgress }: Asked,
  connection: Connection,
  { kinds }: Kinds,
): Promise<RestorePlan> {
  const { world, buckets } = connection;
  const { source, target } = request;
  const { history, bucketOf } = kinds.of(source);
  const plan = await makePlan({ ...request, at }, { ...world, history }, { targetIsNew: isNew, onProgress });
  if (plan.selected.objects === 0 && !mayBeNone(request)) await refuseNothing(request, connection, { kinds });
  const like = isNew ? bucketOf?.(source) : target.bucket;
  const encryption = like === undefined ? undefined : (await buckets.describe(like))?.encryption;
  return encryption === undefined ? plan : { ...plan, encryption };
}
