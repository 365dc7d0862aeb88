import { isStoreError } from '../model/errors.ts';
import type { Checksum, ObjectFacts } from '../model/object.ts';
import type { Checksums } from '../ports/checksums.ts';
import type { ObjectRef } from '../ports/object-store.ts';
import type { World } from '../ports/world.ts';
import { checkBytes, expectedOf, type Mismatch } from '../vault/check-bytes.ts';

export type VerifyingWorld = Pick<World, 'store' | 'catalog' | 'settings'> & {
  readonly checksums: Checksums;
};

/** What was written, and the vault version that it was made from. */
export type Restored = {
  readonly source: string;
  readonly key: string;
  readonly from: Required<ObjectRef>;
  readonly to: ObjectRef;
  readonly copy: ObjectFacts;
};

/** `unproven`: there is nothing to compare it with. */
export type Verdict = 'verified' | 'unproven' | { readonly mismatch: Mismatch };

/**
 * Reads back what stands at the target, and compares it with the checksum that the catalog has of this very version, or
 * with the vault's own. Of an object too large for one function, the checksum that S3 made over the whole is compared.
 */
export async function verifyRestored(restored: Restored, world: VerifyingWorld): Promise<Verdict> {
  const { source, key, from, to, copy } = restored;
  const entry = await world.catalog.getEntry(source, key);
  const recorded = entry?.vaultVersionId === from.versionId ? entry.checksum : undefined;
  if (copy.size > world.settings.multipartThresholdBytes) {
    return compareWhole(recorded ?? copy.checksum, to, world);
  }
  const expected = expectedOf(copy, recorded, world.checksums);
  try {
    const { body } = await world.store.open(to);
    const mismatch = await checkBytes(body, expected, world.checksums);
    if (mismatch !== undefined) return { mismatch };
  } catch (error) {
    // It was brought back into an archive class, where nothing can be read: what S3 says of it is compared.
    if (isStoreError(error, 'archived')) return compareWhole(recorded ?? copy.checksum, to, world);
    throw error;
  }
  return expected.checksum === undefined ? 'unproven' : 'verified';
}

async function compareWhole(
  expected: Checksum | undefined,
  to: ObjectRef,
  { store }: VerifyingWorld,
): Promise<Verdict> {
  const head = await store.head(to);
  const found = head.found ? head.object.checksum : undefined;
  if (expected === undefined || found?.algorithm !== expected.algorithm) return 'unproven';
  if (found.value === expected.value) return 'verified';
  const { algorithm } = expected;
  return { mismatch: { expected: `${algorithm} ${expected.value}`, found: `${algorithm} ${found.value}` } };
}
