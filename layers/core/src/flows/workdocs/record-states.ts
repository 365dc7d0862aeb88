import { createHash } from 'node:crypto';
import { defined } from '../../model/defined.ts';
import type { Entry } from '../../model/entry.ts';
import { parseRecord, type SiteRecord } from '../../model/workdocs/records.ts';
import { entryKey, RECORD_KINDS, recordOfKey, recordPrefix } from '../../model/workdocs/site-key.ts';
import type { VaultReader } from '../dependencies.ts';
import type { SourceStateAt } from '../source-history.ts';
import { type VaultState, vaultStatesAt } from '../vault-history.ts';

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

/** What the catalog has of a record beside its place in the vault: its name, its bytes, and the checksum of its text. */
export async function recordFacts(
  { vaultKey, current, deleted }: VaultState,
  { store, settings }: VaultReader,
): Promise<Partial<Entry>> {
  const version = current ?? deleted?.last;
  if (version === undefined) return {};
  const { versionId } = version;
  const text = await store.get({ bucket: settings.vault, key: vaultKey, versionId });
  const record = parseRecord(text, vaultKey);
  return {
    ...defined({ name: record.name, size: keptBytes(record) }),
    checksum: { algorithm: 'SHA256', value: createHash('sha256').update(text).digest('base64') },
    // What the site's listing said is not in the vault: the next crawl looks at it, and finds it right.
    etag: undefined,
  };
}

function keptBytes(record: SiteRecord): number | undefined {
  if (record.kind !== 'document') return undefined;
  const there = record.versions.filter(({ status }) => status !== 'DELETED');
  return there.reduce((sum, { kept }) => sum + (kept?.size ?? 0), 0);
}
