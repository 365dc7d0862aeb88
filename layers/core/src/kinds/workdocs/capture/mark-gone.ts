import { defined } from '../../../model/defined.ts';
import type { Entry } from '../../../model/entry.ts';
import { withoutReason } from '../../../model/entry.ts';
import { sourceObjects } from '../../../vault/listings.ts';
import { markDeleted } from '../../../vault/mark-deleted.ts';
import type { DocumentRecord, Kept, SiteRecord } from '../model/records.ts';
import { type RecordRef, recordKey, versionsPrefix } from '../model/site-key.ts';
import type { ItemContext, Tried } from './item-context.ts';
import type { Seen } from './keep-record.ts';
import { priorRecord } from './prior-record.ts';

/**
 * Records that something is proven to be gone at its site: tags and a delete marker on its record, then on the bytes of its
 * versions, and the entry last (I2, I4). The markers start the retention clock; the versions under them stay.
 *
 * The record first: whoever finds it hidden knows that its bytes may be.
 */
export async function markGone(
  ref: RecordRef,
  seen: Seen,
  { at, lookedAt }: { readonly at?: number | undefined; readonly lookedAt: number },
  context: ItemContext,
): Promise<Tried> {
  const { entry, top } = seen;
  const { catalog, clock } = context.world;
  // A handler may have died, or failed, before it recorded what it wrote: what is on top in the vault has to be known, and
  // the site to be asked after that.
  if (top === undefined && (entry === undefined || entry.state === 'unprotected')) return 'lost-race';
  if (isNothingNew(seen)) return { outcome: { kind: 'unchanged', before: entry, after: entry } };
  const deletedAt = at ?? clock();
  const record = await priorRecord(context.name, ref, seen, context.world);
  // One that cannot be read is hidden as well, if it is there: only the vault can tell.
  if (record === undefined && top === undefined) return 'lost-race';
  if (!(await hideRecord(context.name, ref, seen, deletedAt, context))) return 'lost-race';
  for await (const kept of record === undefined ? listBytes(ref, context) : keptOf(record))
    await hideBytes(kept, deletedAt, context);
  const after: Entry = {
    ...withoutReason(entry),
    ...(record === undefined ? {} : defined({ name: record.name?.toWellFormed() })),
    source: context.source.source,
    key: `${ref.kind}/${ref.id}`,
    state: 'deleted',
    rev: (entry?.rev ?? 0) + 1,
    deletedAt,
    lookedAt,
    updatedAt: clock(),
    ...(top?.found === true
      ? defined({ vaultVersionId: top.object.versionId, vaultEtag: top.object.etag })
      : {}),
  };
  if (!(await catalog.putEntry(after, entry?.rev))) return 'lost-race';
  const isKept = record !== undefined || top?.found === true;
  return { outcome: { kind: isKept ? 'deleted' : 'vanished', before: entry, after } };
}

/** Never seen before, or recorded as gone already. */
function isNothingNew({ entry, top }: Seen): boolean {
  if (top?.found === true) return false;
  return entry === undefined || entry.state === 'deleted';
}

/** @returns false when what stands there is not what was seen */
async function hideRecord(
  site: string,
  ref: RecordRef,
  { entry, top }: Seen,
  deletedAt: number,
  context: ItemContext,
): Promise<boolean> {
  // Never written, or hidden by whoever died before the catalog was told.
  if (top?.found === false) return true;
  const versionId = top?.object.versionId ?? entry?.vaultVersionId;
  const etag = top?.object.etag ?? entry?.vaultEtag;
  const place = { bucket: context.world.settings.vault, key: recordKey(site, ref) };
  return markDeleted({ ...place, ...defined({ versionId, etag }) }, deletedAt, context.world);
}

/** Bytes in the vault; without a version, those on top. */
type KeptBytes = Pick<Kept, 'key' | 'etag'> & Partial<Pick<Kept, 'versionId'>>;

/** Marks the bytes of a version that is gone. Those that are hidden already, or are others by now, stay as they are. */
export async function hideBytes(
  { key, versionId, etag }: KeptBytes,
  deletedAt: number,
  { world }: ItemContext,
): Promise<void> {
  await markDeleted({ bucket: world.settings.vault, key, etag, ...defined({ versionId }) }, deletedAt, world);
}

/** What the vault has of a document that no readable record names: one was damaged, or was never written. */
async function* listBytes(ref: RecordRef, { name, world }: ItemContext): AsyncGenerator<KeptBytes> {
  if (ref.kind === 'document')
    yield* sourceObjects(world.settings.vault, versionsPrefix(name, ref.id), {}, world);
}

function keptOf(record: SiteRecord): Kept[] {
  if (record.kind !== 'document') return [];
  return presentVersions(record).flatMap(({ kept }) => (kept === undefined ? [] : [kept]));
}

/** The versions that the site still had when it was looked at last. */
function presentVersions({ versions }: DocumentRecord) {
  return versions.filter(({ status }) => status !== 'DELETED');
}
