import { defined } from '../../../model/defined.ts';
import type { DocumentRecord, VersionRecord } from '../model/records.ts';
import type { SiteItem } from '../model/site-messages.ts';
import type { SiteDocument } from '../site.ts';
import { askById } from './ask-by-id.ts';
import type { ItemContext, Tried } from './item-context.ts';
import { isUnknown, keepRecord, type RecordFacts, type Seen } from './keep-record.ts';
import { documentPrint } from './listing-print.ts';
import { hideBytes, markGone } from './mark-gone.ts';
import { outcomeOf } from './outcome-of.ts';
import { ownPermissions } from './own-permissions.ts';
import { priorRecord } from './prior-record.ts';
import { readVersions, type VersionsRead } from './read-versions.ts';
import { isCovered, isRecycled, placeOf } from './site-place.ts';

type DocumentItem = Extract<SiteItem, { kind: 'document' }>;

/** Records a document as it is now, with all its versions, and brings their bytes that the vault does not have yet. */
export async function captureDocument(
  { id, at }: DocumentItem,
  seen: Seen,
  again: boolean,
  context: ItemContext,
): Promise<Tried> {
  const ref = { kind: 'document', id } as const;
  const lookedAt = context.world.clock();
  const document = await askById(() => context.site.document(id), context);
  if (document === undefined || isRecycled(document.status))
    return markGone(ref, seen, { at, lookedAt }, context);
  if (isUnknown(seen) && !(await isCovered('document', id, context))) return { outcome: { kind: 'outside' } };
  const place = await placeOf(document.parentId, context);
  if (place.gone) return markGone(ref, seen, { at, lookedAt }, context);
  const prior = await priorRecord(context.name, ref, seen, context.world);
  const before = prior?.kind === 'document' ? prior : undefined;
  // Bytes may be hidden, though a record says that they are there, and be there, though none says so.
  const isUnreadable = before === undefined && seen.entry?.vaultVersionId !== undefined;
  const doubt = again || isUnreadable || seen.entry?.state === 'deleted';
  const read = await readVersions(
    { document, before, doubt, waits: waitsForLarge(seen, context), at },
    context,
  );
  const record = await recordOf(document, before, read, context);
  const facts = factsOf(document, record, read, { at, lookedAt }, context);
  const outcome = await keepRecord(record, seen, facts, context.world, async () => {
    for (const kept of read.toHide) await hideBytes(kept, lookedAt, context);
  });
  const { newBytes, large } = read;
  return outcomeOf(outcome, { items: place.items, newBytes, large });
}

/** Another message brings what is large, and nothing says that it was lost. */
function waitsForLarge({ entry }: Seen, { crawled, redelivered, bringsLarge }: ItemContext): boolean {
  return entry?.reason === 'copying' && !crawled && (!redelivered || bringsLarge);
}

async function recordOf(
  document: SiteDocument,
  before: DocumentRecord | undefined,
  { versions }: VersionsRead,
  context: ItemContext,
): Promise<DocumentRecord> {
  const { latest, labels, ...facts } = document;
  const permissions = await ownPermissions(document.id, context);
  // One that has drafts only is called as the newest of them; one that has lost them all, as it was.
  const draft = versions.findLast(({ status }) => status !== 'DELETED');
  const name = latest?.name ?? draft?.name ?? before?.name ?? versions.at(-1)?.name;
  return {
    format: 1,
    kind: 'document',
    site: context.name,
    ...defined({ ...facts, name, latest: latest?.id }),
    labels: [...labels].sort(),
    permissions,
    versions: [...versions],
  };
}

function factsOf(
  document: SiteDocument,
  { versions }: DocumentRecord,
  { problem }: VersionsRead,
  { at, lookedAt }: { readonly at: number | undefined; readonly lookedAt: number },
  { world }: ItemContext,
): RecordFacts {
  return {
    etag: documentPrint(document),
    size: keptSize(versions),
    lookedAt,
    ...defined({
      lastModified: document.modifiedAt,
      lagMs: at === undefined ? undefined : Math.max(0, world.clock() - at),
      reason: problem?.reason,
      detail: problem?.detail,
    }),
  };
}

/** Bytes that the vault has of the versions that are there. */
function keptSize(versions: readonly VersionRecord[]): number {
  const there = versions.filter(({ status }) => status !== 'DELETED');
  return there.reduce((sum, { kept }) => sum + (kept?.size ?? 0), 0);
}
