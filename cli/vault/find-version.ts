import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { isSiteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { bucketOf } from '@holdfast/core/model/bucket-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { ListedVersion } from '@holdfast/core/model/object.ts';
import {
  keyVersions,
  type RealVersion,
  refine,
  type VaultState,
} from '@holdfast/core/vault/vault-history.ts';
import type { Connection } from '../context.ts';
import type { MomentOrVersion } from '../options.ts';
import type { ObjectUri } from '../sources/object-argument.ts';
import { seconds } from '../text/format.ts';
import { findDocumentVersion } from './find-document-version.ts';
import { type FoundVersion, noVersion, uriOf } from './found-version.ts';

/**
 * The version of one object that was current at a moment, or the one of an id.
 *
 * @throws {InvalidInputError} when there is none, with what there is instead
 */
export async function findVersion(
  object: ObjectUri,
  wanted: MomentOrVersion,
  connection: Pick<Connection, 'world'>,
): Promise<FoundVersion> {
  if (isSiteUri(object.source)) return findDocumentVersion(object, wanted, connection);
  const versions = keyVersions(vaultPlace(bucketOf(object.source), object.key).key, connection.world);
  const version =
    'versionId' in wanted
      ? await versionById(object, wanted.versionId, versions)
      : await versionAt(object, wanted.at, versions);
  return { version };
}

async function versionById(
  object: ObjectUri,
  versionId: string,
  versions: AsyncIterable<ListedVersion>,
): Promise<RealVersion> {
  for await (const version of versions) {
    if (version.versionId === versionId && !version.deleteMarker) return version;
  }
  throw noVersion(object, versionId);
}

async function versionAt(
  object: ObjectUri,
  at: number,
  versions: AsyncIterable<ListedVersion>,
): Promise<RealVersion> {
  let state: VaultState = { vaultKey: vaultPlace(bucketOf(object.source), object.key).key };
  let oldest: ListedVersion | undefined;
  for await (const version of versions) {
    state = refine(state, version, at);
    if (state.current !== undefined) return state.current;
    oldest = version;
  }
  throw new InvalidInputError(whyNot(object, at, state, oldest));
}

function whyNot(
  object: ObjectUri,
  at: number,
  { deleted }: VaultState,
  oldest: ListedVersion | undefined,
): string {
  const uri = uriOf(object);
  const history = `holdfast versions ${uri} shows its history`;
  if (oldest === undefined) {
    return `the vault has nothing of ${uri}: holdfast ls ${object.source} shows what it holds`;
  }
  if (deleted === undefined) {
    return `${uri} was not there yet at ${seconds(at)}, its oldest version is of ${seconds(oldest.lastModified)}: ${history}`;
  }
  const { last } = deleted;
  const wayOut = last === undefined ? history : `${history}, --at ${last.versionId} is what there was last`;
  return `${uri} was deleted at ${seconds(deleted.at)}: ${wayOut}`;
}
