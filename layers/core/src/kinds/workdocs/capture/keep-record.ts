import { createHash } from 'node:crypto';
import { defined } from '../../../model/defined.ts';
import type { Entry } from '../../../model/entry.ts';
import { isStoreError } from '../../../model/errors.ts';
import type { Checksum } from '../../../model/object.ts';
import type { HeadResult, WriteCondition, Written } from '../../../ports/object-store.ts';
import type { Unwired } from '../../../ports/world.ts';
import { lookInVault } from '../../../vault/look-in-vault.ts';
import { recordText, type SiteRecord } from '../model/records.ts';
import { entryKey, type RecordRef, recordKey } from '../model/site-key.ts';
import { siteUri } from '../model/site-uri.ts';

export type RecordWorld = Pick<Unwired, 'store' | 'catalog' | 'clock' | 'settings'>;

/** What the catalog is told of a record beside the record itself. */
export type RecordFacts = Partial<
  Pick<Entry, 'etag' | 'reason' | 'detail' | 'lastModified' | 'lookedAt' | 'lagMs' | 'size' | 'name'>
>;

/** `lost-race`: somebody else recorded meanwhile; look at the site again, then try again. */
export type RecordOutcome =
  | { readonly kind: 'kept' | 'unchanged'; readonly before: Entry | undefined; readonly after: Entry }
  | { readonly kind: 'lost-race' };

/** What was known of a record before its site was looked at. */
export type Seen = {
  readonly entry: Entry | undefined;
  /** What the vault has on top of the record's key; looked up after a lost race, when the entry may be behind it. */
  readonly top?: HeadResult;
};

/** Reads what is known of a record. @param again after a lost race */
export async function seeRecord(
  site: string,
  ref: RecordRef,
  again: boolean,
  world: RecordWorld,
): Promise<Seen> {
  const entry = await world.catalog.getEntry(siteUri(site), entryKey(ref));
  if (!again) return { entry };
  return { entry, top: await lookInVault(recordKey(site, ref), world) };
}

/** True when neither the catalog nor the vault, if it was asked, has anything of it. */
export function isUnknown({ entry, top }: Seen): boolean {
  return entry === undefined && top?.found !== true;
}

/** True when what is on top in the vault, if it was asked, is what the catalog names. */
export function isAsRecorded(seen: Seen): boolean {
  return seen.entry?.state === 'current' && isOnTop(seen.entry, seen);
}

/**
 * Writes a record into the vault, then its entry into the catalog (I2): nothing where the vault has the same text already.
 * A record is written only onto the one that was there when its site was looked at, so that of two handlers the one that
 * looked first cannot win over the one that looked last.
 *
 * @param seen as it was read before the site was looked at
 * @param hide hides what the record says is gone: behind the record, and before the entry. Whoever found it there meanwhile has
 *   recorded that, so that the entry is not written, and all of it is looked at again
 */
export async function keepRecord(
  record: SiteRecord,
  seen: Seen,
  facts: RecordFacts,
  world: RecordWorld,
  hide: () => Promise<void> = async () => {},
): Promise<RecordOutcome> {
  const prior = seen.entry;
  const text = recordText(record);
  // Not its ETag: under a KMS key that is no hash of the text.
  const checksum = { algorithm: 'SHA256', value: createHash('sha256').update(text).digest('base64') };
  const base = { ...baseEntry(record, prior, facts, world.clock()), checksum };
  if (hasSame(prior, checksum) && isOnTop(prior, seen)) {
    await hide();
    const after = { ...base, ...copyOf(prior) };
    if (isSameEntry(prior, after)) return { kind: 'unchanged', before: prior, after: prior };
    const recorded = await world.catalog.putEntry(after, prior.rev);
    return recorded ? { kind: 'unchanged', before: prior, after } : { kind: 'lost-race' };
  }
  const written = await write(record, text, seen, world);
  if (written === undefined) return { kind: 'lost-race' };
  await hide();
  const { etag: vaultEtag, versionId: vaultVersionId } = written;
  const after = {
    ...base,
    ...defined({ lagMs: facts.lagMs }),
    vaultEtag,
    ...defined({ vaultVersionId }),
    capturedAt: world.clock(),
  };
  if (!(await world.catalog.putEntry(after, prior?.rev))) return { kind: 'lost-race' };
  return { kind: 'kept', before: prior, after };
}

function hasSame(prior: Entry | undefined, checksum: Checksum): prior is Entry {
  return prior !== undefined && prior.state !== 'deleted' && prior.checksum?.value === checksum.value;
}

/** In doubt, the vault was asked: what is on top there has to be what was recorded. */
function isOnTop({ vaultEtag, vaultVersionId }: Entry, { top }: Seen): boolean {
  if (top === undefined) return true;
  return top.found && top.object.versionId === vaultVersionId && top.object.etag === vaultEtag;
}

function baseEntry(
  record: SiteRecord,
  prior: Entry | undefined,
  { lagMs: _, ...facts }: RecordFacts,
  now: number,
): Entry {
  return {
    source: siteUri(record.site),
    key: entryKey(record),
    state: facts.reason === undefined ? 'current' : 'unprotected',
    rev: (prior?.rev ?? 0) + 1,
    ...defined(facts),
    // A table takes text only; WorkDocs' JSON may have half of a character of two halves, which the record keeps.
    ...defined({ name: (facts.name ?? record.name)?.toWellFormed() }),
    updatedAt: now,
  };
}

function copyOf({ vaultEtag, vaultVersionId, capturedAt, lagMs }: Entry) {
  return defined({ vaultEtag, vaultVersionId, capturedAt, lagMs });
}

/** True when nothing but the time of the write would be new: who looks later writes, and who saw it gone before that loses. */
function isSameEntry(prior: Entry, after: Entry): boolean {
  const { rev: _, updatedAt: __, ...was } = prior;
  const { rev: ___, updatedAt: ____, ...is } = after;
  const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...keys].every(
    (key) => JSON.stringify(Reflect.get(was, key)) === JSON.stringify(Reflect.get(is, key)),
  );
}

/** @returns undefined when what stands there is not what it was to follow */
async function write(
  record: SiteRecord,
  text: string,
  { entry, top }: Seen,
  { store, settings }: RecordWorld,
): Promise<Written | undefined> {
  const place = { bucket: settings.vault, key: recordKey(record.site, record) };
  const recorded = entry?.state === 'deleted' ? undefined : entry?.vaultEtag;
  const expected = top === undefined ? recorded : top.found ? top.object.etag : undefined;
  const condition: WriteCondition = expected === undefined ? { ifAbsent: true } : { ifMatch: expected };
  try {
    return await store.put(place, text, 'application/json', condition);
  } catch (error) {
    if (isStoreError(error, 'precondition-failed', 'not-found')) return undefined;
    throw error;
  }
}
