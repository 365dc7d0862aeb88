import { createHash } from 'node:crypto';
import { defined } from '../../../model/defined.ts';
import type { Entry } from '../../../model/entry.ts';
import type { VaultReader } from '../../../ports/world.ts';
import type { SourceStateAt } from '../../../source/source-state.ts';
import { type VaultState, vaultStatesAt } from '../../../vault/vault-history.ts';
import { parseRecord, type SiteRecord } from '../model/records.ts';
import { entryKey, RECORD_KINDS, recordOfKey, recordPrefix } from '../model/site-key.ts';
import { recordsAt } from './record-history.ts';

/** What is on top of every record of a site, by the key of its entry. */
export async function* recordStates(site: string, world: VaultReader): AsyncGenerator<SourceStateAt> {
  for (const kind of RECORD_KINDS) {
    const states = vaultStatesAt(recordPrefix(site, kind), Number.MAX_SAFE_INTEGER, undefined, world);
    for await (const state of states) {
      const ref = recordOfKey(site, state.vaultKey);
      if (ref !== undefined) yield { ...state, key: entryKey(ref) };
    }
  }
}

/**
 * What the catalog has of the records of a site beside their places in the vault: names, bytes of documents, checksums of the
 * records' texts. A root folder goes by its user's name there, which only the user's record says: when the first one comes by,
 * all users' records are read, once.
 */
export function recordFacts(
  site: string,
  world: VaultReader,
): (state: VaultState) => Promise<Partial<Entry>> {
  let owners: Promise<ReadonlyMap<string, string>> | undefined;
  const nameOf = async ({ kind, id, name, ...record }: SiteRecord): Promise<string | undefined> => {
    if (kind !== 'folder' || ('parentId' in record && record.parentId !== undefined)) return name;
    owners ??= ownersOfRoots(site, world);
    return (await owners).get(id) ?? name;
  };
  return async ({ vaultKey, current, deleted }) => {
    const version = current ?? deleted?.last;
    if (version === undefined) return {};
    const ref = { bucket: world.settings.vault, key: vaultKey, versionId: version.versionId };
    const text = await world.store.get(ref);
    const record = parseRecord(text, vaultKey);
    return {
      // As captures write it: a table takes text only.
      ...defined({ name: (await nameOf(record))?.toWellFormed() }),
      size: keptBytes(record),
      checksum: { algorithm: 'SHA256', value: createHash('sha256').update(text).digest('base64') },
      // What the site's listing said is not in the vault: the next crawl looks at it, and finds it right.
      etag: undefined,
    };
  };
}

/** Users' names by the ids of their root folders. */
async function ownersOfRoots(site: string, world: VaultReader): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>();
  for await (const { record } of recordsAt(site, 'user', Number.MAX_SAFE_INTEGER, new Set(), world)) {
    const { rootFolderId, name } = record ?? {};
    if (rootFolderId !== undefined && name !== undefined) owners.set(rootFolderId, name);
  }
  return owners;
}

function keptBytes(record: SiteRecord): number | undefined {
  if (record.kind !== 'document') return undefined;
  const there = record.versions.filter(({ status }) => status !== 'DELETED');
  return there.reduce((sum, { kept }) => sum + (kept?.size ?? 0), 0);
}
