import { keyVersions } from '@holdfast/core/flows/vault-history.ts';
import type { ListedVersion } from '@holdfast/core/model/object.ts';
import { bucketOf } from '@holdfast/core/model/source-uri.ts';
import { vaultPlace } from '@holdfast/core/model/vault-key.ts';
import type { Connection } from '../context.ts';
import { moment } from '../json/moment.ts';
import type { VersionLine } from '../json/versions.ts';

type End = { readonly state: VersionLine['state']; readonly at?: number };

/** Every version the vault has of one object, the newest first, each with what ended it. */
export async function* objectHistory(
  source: string,
  key: string,
  connection: Pick<Connection, 'world'>,
): AsyncGenerator<VersionLine> {
  const vaultKey = vaultPlace(bucketOf(source), key).key;
  const base = { source, key, vaultKey };
  let end: End = { state: 'current' };
  for await (const version of keyVersions(vaultKey, connection.world)) {
    if (version.deleteMarker) {
      // Of two markers in a row the older one was the deletion.
      end = { state: 'deleted', at: version.lastModified };
    } else {
      yield { ...base, ...ended(end), ...facts(version) };
      end = { state: 'replaced', at: version.lastModified };
    }
  }
  if (end.state === 'deleted') yield { ...base, ...ended(end), ...facts(undefined) };
}

function ended({ state, at }: End): Pick<VersionLine, 'state' | 'endedAt'> {
  return { state, endedAt: moment(at) };
}

function facts(version: Extract<ListedVersion, { deleteMarker: false }> | undefined) {
  return {
    capturedAt: moment(version?.lastModified),
    size: version?.size ?? null,
    vaultVersionId: version?.versionId ?? null,
    etag: version?.etag ?? null,
    storageClass: version?.storageClass ?? null,
  };
}
