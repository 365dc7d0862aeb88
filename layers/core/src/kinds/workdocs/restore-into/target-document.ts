import { allPages } from '../all-pages.ts';
import { isMarkOf, markedDocument } from '../model/origin-mark.ts';
import type { SiteReader, SiteVersion } from '../site.ts';
import { isSiteError } from '../site-error.ts';
import type { DocumentToRestore, VersionToRestore } from './thing-to-restore.ts';

/** A document of the target that has the name of the one to be restored, measured by it. */
export type TargetDocument = {
  readonly id: string;
  /**
   * `copy`: an earlier run made it, or it is the document itself. `draft`: its first upload has not ended. `stranger`: it
   * differs. `other`: it is a copy of another document of the same name, and none of this one's business.
   */
  readonly is: 'copy' | 'draft' | 'stranger' | 'other';
  /** Which of the wanted versions are there, by their place in the list. */
  readonly has: ReadonlySet<number>;
  /** Which of them is the current version; -1 when it is none. */
  readonly current: number;
  /** Versions that are there and unmarked although they are copies: a run ended before it marked them. */
  readonly unmarked: ReadonlyArray<{ readonly id: string; readonly of: VersionToRestore }>;
  /** Uploads of an earlier run that never ended. */
  readonly drafts: readonly string[];
  /** When the current version was changed; ms since 1970. */
  readonly changedAt: number;
};

/**
 * Looks at a document of the target, all its versions one by one: only each alone tells its custom metadata.
 *
 * @returns undefined when it is gone meanwhile
 */
export async function lookAtTarget(
  id: string,
  thing: DocumentToRestore,
  target: SiteReader,
): Promise<TargetDocument | undefined> {
  try {
    return await measure(id, thing, target);
  } catch (error) {
    if (isSiteError(error, 'not-found')) return undefined;
    throw error;
  }
}

async function measure(
  id: string,
  { versions: wanted }: DocumentToRestore,
  target: SiteReader,
): Promise<TargetDocument> {
  // Which version is current, only the document says: versions come in no order, and two may be of the same moment.
  const { latest } = await target.document(id);
  const all = await allPages((marker) => target.versions(id, marker));
  const marked = await Promise.all(all.map((version) => withMark(id, version, target)));
  const [first] = wanted;
  const owners = new Set(
    marked.map((version) => (first ? markedDocument(first, version.customMetadata) : 'none')),
  );
  const active = marked.filter(({ status }) => status === 'ACTIVE');
  const matches = active.map((version) => wanted.findIndex((one) => isCopy(id, version, one)));
  return {
    id,
    is: kindOf(
      owners,
      active.length,
      matches.some((index) => index >= 0),
    ),
    has: new Set(matches.filter((index) => index >= 0)),
    current: matches[active.findIndex((version) => version.id === latest?.id)] ?? -1,
    unmarked: active.flatMap((version, at) => unmarkedCopy(id, version, wanted[matches[at] ?? -1])),
    drafts: marked.filter((version) => isDraft(version, first)).map((version) => version.id),
    changedAt: latest?.modifiedAt ?? latest?.createdAt ?? 0,
  };
}

function kindOf(
  owners: ReadonlySet<ReturnType<typeof markedDocument>>,
  active: number,
  hasCopy: boolean,
): TargetDocument['is'] {
  if (owners.has('this')) return active === 0 ? 'draft' : 'copy';
  if (owners.has('another')) return 'other';
  if (active === 0) return 'draft';
  return hasCopy ? 'copy' : 'stranger';
}

async function withMark(documentId: string, version: SiteVersion, target: SiteReader): Promise<SiteVersion> {
  const { customMetadata = {} } = await target.version(documentId, version.id);
  return { ...version, customMetadata };
}

/** The version itself, a marked copy of it, or one that a run did not come to mark. */
function isCopy(documentId: string, version: SiteVersion, wanted: VersionToRestore): boolean {
  if (documentId === wanted.documentId && version.id === wanted.versionId) return true;
  if (isMarkOf(wanted, version.customMetadata)) return true;
  return markedDocument(wanted, version.customMetadata) === 'none' && isAlike(version, wanted);
}

/** The signature of the content decides where both have one; else nobody else has the same length and time. */
function isAlike(version: SiteVersion, wanted: VersionToRestore): boolean {
  if (version.size !== wanted.size) return false;
  if (wanted.signature !== undefined && version.signature !== undefined)
    return version.signature === wanted.signature;
  return wanted.contentModifiedAt !== undefined && version.contentModifiedAt === wanted.contentModifiedAt;
}

function unmarkedCopy(
  documentId: string,
  { id, customMetadata }: SiteVersion,
  of: VersionToRestore | undefined,
) {
  const isItself = of !== undefined && documentId === of.documentId && id === of.versionId;
  return of === undefined || isItself || isMarkOf(of, customMetadata) ? [] : [{ id, of }];
}

/** Only what an earlier run began: somebody's own upload is not given up for them. */
function isDraft({ status, customMetadata }: SiteVersion, wanted: VersionToRestore | undefined): boolean {
  return (
    status === 'INITIALIZED' && wanted !== undefined && markedDocument(wanted, customMetadata) === 'this'
  );
}
