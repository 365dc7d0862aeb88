import { isStoreError, messageOf } from '../model/errors.ts';
import type { Checksums } from '../ports/checksums.ts';
import type { World } from '../ports/world.ts';
import type { Candidate } from '../source/candidate.ts';
import type { VersionReader } from '../source/version-reader.ts';
import { checkBytes, expectedOf, type Mismatch } from '../vault/check-bytes.ts';
import type { Finding } from './findings.ts';
import { verifyEntry } from './verify-entry.ts';

/** How one version stood; without a finding it is right. `gone`: it has expired since it was listed. */
export type Verified = { readonly finding?: Finding; readonly gone?: true };

type VerifyWorld = Pick<World, 'catalog'> & { readonly reader: VersionReader };

/** A connection can break off in the middle of gigabytes; the store itself tries only the request again. */
const MAX_ATTEMPTS = 3;

/** Reads one version to its end, and compares it with what was recorded of it. */
export async function verifyVersion(
  candidate: Candidate,
  world: VerifyWorld,
  checksums: Checksums,
  attempt = 1,
): Promise<Verified> {
  if (candidate.missing !== undefined) return { finding: findingOf(candidate, 'missing', candidate.missing) };
  try {
    const finding = await compare(candidate, world, checksums);
    return finding === undefined ? {} : { finding };
  } catch (error) {
    if (isStoreError(error, 'not-found')) return absent(candidate, world);
    if (isStoreError(error, 'throttled', 'unavailable') && attempt < MAX_ATTEMPTS) {
      return verifyVersion(candidate, world, checksums, attempt + 1);
    }
    const reason = isStoreError(error, 'archived') ? 'archived' : 'failed';
    return { finding: findingOf(candidate, reason, messageOf(error)) };
  }
}

async function absent({ entry, version }: Candidate, world: VerifyWorld): Promise<Verified> {
  const finding =
    entry === undefined
      ? undefined
      : await verifyEntry({ entry, vaultKey: version.key }, world.reader, world);
  return finding === undefined ? { gone: true } : { finding };
}

async function compare(
  candidate: Candidate,
  { reader }: VerifyWorld,
  checksums: Checksums,
): Promise<Finding | undefined> {
  const { entry, version, checksum } = candidate;
  // An entry of an unprotected object has the size of the source's present state, which is not in the vault.
  const recordedSize = entry?.state === 'current' ? (entry.size ?? version.size) : version.size;
  const { object, body } = await reader.open(version);
  const expected = { ...expectedOf(object, checksum ?? entry?.checksum, checksums), size: recordedSize };
  const mismatch = await checkBytes(body, expected, checksums);
  if (mismatch !== undefined) return wrong(candidate, mismatch);
  if (expected.checksum !== undefined) return undefined;
  return findingOf(candidate, 'unverifiable', 'no checksum is recorded, and its ETag is none');
}

function wrong(candidate: Candidate, { expected, found }: Mismatch): Finding {
  return { ...findingOf(candidate, 'wrong', `expected ${expected}, found ${found}`), expected, found };
}

function findingOf({ key, version }: Candidate, reason: Finding['reason'], words: string): Finding {
  const { versionId } = version;
  return { key, reason, versionId, detail: `version ${versionId}: ${words}` };
}
