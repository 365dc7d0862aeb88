import type { SourcePlace } from '../../../model/source-place.ts';
import type { VaultReader } from '../../../ports/world.ts';
import { siteOf } from '../model/site-uri.ts';
import type { SiteState } from './site-entries.ts';
import { readSiteTree } from './site-tree.ts';

/**
 * One version of the document that has a path now, or had it when it was deleted.
 *
 * @param versionId WorkDocs' own id of it, or the vault's
 * @returns undefined when there is no such document or version
 */
export async function siteVersion(
  { source, prefix: path }: SourcePlace,
  versionId: string,
  world: VaultReader,
): Promise<SiteState | undefined> {
  const now = Number.MAX_SAFE_INTEGER;
  const tree = await readSiteTree(siteOf(source), now, world, {
    prefix: path,
    allVersions: true,
    records: true,
  });
  const states = [...tree.entries()];
  const ids = new Set(states.filter(({ key }) => key === path).map(({ documentId }) => documentId));
  const found = states.find(
    ({ documentId, siteVersionId, current, deleted }) =>
      documentId !== undefined &&
      ids.has(documentId) &&
      (siteVersionId === versionId || (current ?? deleted?.last)?.versionId === versionId),
  );
  return found === undefined ? undefined : { ...found, key: path };
}
