import type { AcceptedRestore } from '../model/restore-request.ts';
import type { World } from '../ports/world.ts';

/** The world of a restore: in it, the target belongs to the account that the request names. */
export function targetWorld<W extends Pick<World, 'store'>>(
  { target: { bucket, account } }: Pick<AcceptedRestore, 'target'>,
  world: W,
): W {
  return account === undefined ? world : { ...world, store: world.store.ofAccount(bucket, account) };
}
