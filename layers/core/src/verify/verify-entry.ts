import type { World } from '../ports/world.ts';
import type { UnmatchedEntry } from '../source/candidate.ts';
import type { VersionReader } from '../source/version-reader.ts';
import type { Finding } from './findings.ts';

/**
 * Looks for a version that the catalog names and a listing did not have: it may have been made since.
 *
 * @returns the problem, unless the version is there, or the entry names another by now
 */
export async function verifyEntry(
  { entry, vaultKey }: UnmatchedEntry,
  reader: Pick<VersionReader, 'head'>,
  { catalog }: Pick<World, 'catalog'>,
): Promise<Finding | undefined> {
  const { source, key, vaultVersionId: versionId = '' } = entry;
  const head = await reader.head({ key: vaultKey, versionId });
  if (head.found) return undefined;
  const now = await catalog.getEntry(source, key);
  if (now?.rev !== entry.rev) return undefined;
  const detail = `version ${versionId}: the catalog names it, and the vault `;
  return head.why === 'absent'
    ? { key, versionId, reason: 'missing', detail: `${detail}does not have it` }
    : { key, versionId, reason: 'failed', detail: `${detail}does not let it be read (${head.why})` };
}
