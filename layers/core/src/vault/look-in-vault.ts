import { StoreError } from '../model/errors.ts';
import type { HeadResult } from '../ports/object-store.ts';
import type { World } from '../ports/world.ts';

/**
 * What is on top of a key in the vault.
 *
 * @throws StoreError when the vault does not let us look: that says nothing about what is there
 */
export async function lookInVault(
  key: string,
  { store, settings: { vault: bucket } }: Pick<World, 'store' | 'settings'>,
): Promise<HeadResult> {
  const top = await store.head({ bucket, key });
  if (top.found || top.why === 'absent') return top;
  throw new StoreError('access-denied', `the vault answers "${top.why}" for s3://${bucket}/${key}`);
}
