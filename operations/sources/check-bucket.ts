import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import type { Connection } from '../connection.ts';

/**
 * Refuses a bucket that cannot be used from here.
 *
 * @throws {InvalidInputError} when it does not exist, may not be used, or is in another region than the stack
 */
export async function checkBucket(bucket: string, { world, stack }: Connection): Promise<void> {
  const region = await checkAccess(bucket, world);
  if (region !== undefined && region !== stack.region) {
    throw new InvalidInputError(
      `${sourceUri(bucket)} is in ${region}, the stack "${stack.name}" in ${stack.region}: ` +
        `use a stack in ${region} (--region ${region})`,
    );
  }
}

/** @returns the region that the bucket is in, if it says. @throws {InvalidInputError} when it cannot be used */
export async function checkAccess(
  bucket: string,
  { store }: { readonly store: Pick<ObjectStore, 'bucket'> },
): Promise<string | undefined> {
  const found = await store.bucket(bucket);
  if (found.state === 'absent') {
    throw new InvalidInputError(
      `there is no bucket ${sourceUri(bucket)}: check its name, the account and the endpoint`,
    );
  }
  if (found.state === 'access-denied') {
    throw new InvalidInputError(
      `access denied to ${sourceUri(bucket)}: it belongs to another account, or your credentials lack s3:ListBucket`,
    );
  }
  return found.region;
}

/** Refuses the bucket that holds all copies. @throws {InvalidInputError} */
export function checkNotVault(bucket: string, { world }: Pick<Connection, 'world'>): void {
  if (bucket === world.settings.vault) {
    throw new InvalidInputError(`${sourceUri(bucket)} is the vault itself; name another bucket`);
  }
}
