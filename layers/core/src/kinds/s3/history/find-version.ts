import { bucketOf } from '../../../model/bucket-uri.ts';
import { defined } from '../../../model/defined.ts';
import type { ListedVersion } from '../../../model/object.ts';
import type { VaultReader } from '../../../ports/world.ts';
import type {
  FoundVersion,
  MomentOrVersion,
  NoVersion,
  ObjectPlace,
} from '../../../source/object-versions.ts';
import { keyVersions, refine, type VaultState } from '../../../vault/vault-history.ts';
import { vaultPlace } from '../model/vault-key.ts';

/** The version of one object that was current at a moment, or the one of an id. */
export async function bucketVersion(
  { source, key }: ObjectPlace,
  wanted: MomentOrVersion,
  world: VaultReader,
): Promise<FoundVersion | NoVersion> {
  const vaultKey = vaultPlace(bucketOf(source), key).key;
  const versions = keyVersions(vaultKey, world);
  return 'at' in wanted ? versionAt(vaultKey, wanted.at, versions) : versionById(wanted.versionId, versions);
}

async function versionById(
  versionId: string,
  versions: AsyncIterable<ListedVersion>,
): Promise<FoundVersion | NoVersion> {
  for await (const version of versions) {
    if (version.versionId === versionId && !version.deleteMarker) return { version };
  }
  return { absent: 'version' };
}

async function versionAt(
  vaultKey: string,
  at: number,
  versions: AsyncIterable<ListedVersion>,
): Promise<FoundVersion | NoVersion> {
  let state: VaultState = { vaultKey };
  let oldest: number | undefined;
  for await (const version of versions) {
    state = refine(state, version, at);
    if (state.current !== undefined) return { version: state.current };
    oldest = version.lastModified;
  }
  if (oldest === undefined) return { absent: 'object' };
  const { deleted } = state;
  if (deleted === undefined) return { absent: 'not-yet', oldest };
  return { absent: 'deleted', at: deleted.at, ...defined({ last: deleted.last?.versionId }) };
}
