import { defined } from '../model/defined.ts';
import { isStoreError, messageOf } from '../model/errors.ts';
import type { Problem } from '../model/job.ts';
import type { RestoreItem } from '../model/messages.ts';
import type { Archive, ObjectFacts, Tags } from '../model/object.ts';
import { originIn } from '../model/origin.ts';
import { type AcceptedRestore, mayOverwrite } from '../model/restore-request.ts';
import type { StorageClass } from '../model/storage-class.ts';
import { mappingOf, TARGET_ITSELF, targetKey } from '../model/target-key.ts';
import type { HeadResult, ObjectRef, WriteCondition, Written } from '../ports/object-store.ts';
import type { TagsAt } from '../source/beside.ts';
import type { HistoryOf } from '../source/source-kind.ts';
import { copyParts, multipartStart } from '../vault/copy-parts.ts';
import { isIdentical } from '../vault/is-identical.ts';
import { partBytesFor } from '../vault/parts.ts';
import type { IsFree } from './free-keys.ts';
import { classFor, notesOn } from './origin-notes.ts';
import { type AclTerms, hasAcl, type WantedAcl, wantedAcl, writeWithAcl } from './restore-acl.ts';
import { type VerifyingWorld, verifyRestored } from './verify-restored.ts';
import { whyNotWritten } from './why-not-written.ts';

export type RestoreResult =
  | {
      readonly kind: 'restored' | 'right';
      readonly bytes: number;
      readonly proof?: 'verified' | 'unproven';
      /** It was written with the ACL that was remembered. */
      readonly acl?: 'given';
      /** What could not be brought back, or is worth to know. */
      readonly notes?: readonly Problem[];
    }
  | {
      readonly kind: 'conflicts' | 'failed';
      readonly problem: Problem;
      /** What the store answered, where the problem's reason is another. */
      readonly code?: string;
    }
  /** It has to be thawed before it can be brought back. */
  | { readonly kind: 'archived'; readonly archive: Archive }
  /** A large object: another message has to go on with its upload. */
  | { readonly kind: 'unfinished'; readonly uploadId: string };
/** What a restore asks for, as far as one object is concerned. */
export type ObjectRequest = Pick<
  AcceptedRestore,
  'source' | 'at' | 'target' | 'stripPrefix' | 'map' | 'overwrite' | 'verify' | 'storageClass'
> & {
  readonly isFree: IsFree;
  /** How ACLs are given back; absent: they are not. */
  readonly acls?: AclTerms | undefined;
};
export type ObjectWorld = VerifyingWorld & { readonly historyOf: HistoryOf };

type Task = {
  readonly key: string;
  readonly from: Required<ObjectRef>;
  readonly to: { readonly bucket: string; readonly key: string };
  readonly copy: ObjectFacts;
  readonly uploadId: string | undefined;
  readonly lacking: string | undefined;
};

/**
 * Brings one object back as it was. What is already right is left alone, what differs is overwritten only when told
 * to (I7), and a write goes only on top of what was looked at.
 *
 * @throws StoreError with remedy `retry`; everything else is a result
 */
export async function restoreObject(
  item: RestoreItem,
  request: ObjectRequest,
  world: ObjectWorld,
  timeLeft: () => number,
): Promise<RestoreResult> {
  const { key } = item;
  const from = { bucket: world.settings.vault, key: item.vaultKey, versionId: item.versionId };
  const to = { bucket: request.target.bucket, key: targetKey(mappingOf(request), key) };
  const known = { key, version: item, lacking: item.lacking };
  const refused = whyNotWritten(known, to.key);
  if (refused !== undefined) return failed(key, refused.reason, refused.detail);
  try {
    const copy = await world.store.head(from);
    if (!copy.found) return unreadable(item, copy.why);
    if (to.key === '') return nothingOf(known, copy.object.size);
    const task = { key, from, to, copy: copy.object, uploadId: item.uploadId, lacking: item.lacking };
    const result = await writeTarget(task, request, world, timeLeft);
    return request.verify && result.kind === 'restored' ? await prove(result, task, request, world) : result;
  } catch (error) {
    if (!isStoreError(error) || error.remedy === 'retry') throw error;
    return failed(key, error.code, messageOf(error));
  }
}

async function writeTarget(
  task: Task,
  request: ObjectRequest,
  world: ObjectWorld,
  timeLeft: () => number,
): Promise<RestoreResult> {
  const { key, to, copy, lacking } = task;
  const { carried, own: tags } = await tagsFor(task, request, world);
  const wanted = await wantedAcl(task, request, request.acls, world);
  const target = request.isFree(to.key) ? ABSENT : await world.store.head(to);
  if (!target.found && target.why !== 'absent')
    return failed(key, target.why, `the target answers "${target.why}"`);
  if (target.found) {
    const mayReplace = mayOverwrite(request.overwrite, target.object.lastModified, copy.lastModified);
    const found = await compare(task, tags, target.object, request, world);
    if (found.kind === 'right') {
      const acl = await aclThere(task, wanted, request, world);
      if (acl.isRight || !mayReplace) return withNotes(found, notesOf(key, acl.note));
    }
    if (!mayReplace) return found;
  }
  // Only now: what is right already, or may not be overwritten, is not worth a thaw.
  if (copy.archived) return { kind: 'archived', archive: copy.archive ?? 'GLACIER' };
  const origin = originIn(carried);
  const storageClass = classFor(origin, request.storageClass);
  const how = { tags, storageClass, condition: conditionOn(target), wanted, terms: request.acls };
  const { done: written, refused } =
    copy.size > world.settings.multipartThresholdBytes
      ? await writeLarge(task, how, world, timeLeft)
      : await write(task, how, world);
  if ('kind' in written) return written;
  const notes = [
    ...notesOn({ key, origin, asked: request.storageClass, storageClass, written, lacking }),
    ...notesOf(key, refused ?? wanted.note),
  ];
  const isGiven = refused === undefined && wanted.acl !== undefined && wanted.acl !== 'default';
  return withNotes({ kind: 'restored', bytes: copy.size, ...(isGiven ? { acl: 'given' } : {}) }, notes);
}

type Done = Extract<RestoreResult, { bytes: number }>;

function withNotes(result: Done, notes: readonly Problem[]): Done {
  return notes.length === 0 ? result : { ...result, notes };
}

/** What became of an object's ACL, as a note on it. */
function notesOf(key: string, detail: string | undefined): Problem[] {
  return detail === undefined ? [] : [{ key, reason: 'acl', detail, note: true }];
}

/** The ACL of an object that is right otherwise. One that cannot be told is no reason to write it again. */
async function aclThere(
  { to }: Task,
  wanted: WantedAcl,
  request: ObjectRequest,
  world: ObjectWorld,
): Promise<{ readonly isRight: boolean; readonly note: string | undefined }> {
  const is = await hasAcl(to, wanted, request.acls, world);
  if (is === true) return { isRight: true, note: wanted.note };
  if (is !== false) return { isRight: true, note: is.unknown };
  return { isRight: false, note: 'has another ACL at the target than it had, which was left alone' };
}

/** The tags of a copy, as of the moment that is restored. */
function tagsFor(
  { key, from, copy }: Task,
  { source, at }: ObjectRequest,
  world: ObjectWorld,
): Promise<TagsAt> {
  return world.historyOf(source).beside.tagsAt({ source, key, from, copy, at }, world);
}

/** How an object is written: on top of what was looked at. */
type How = {
  readonly tags: Tags;
  readonly storageClass: StorageClass;
  readonly condition: WriteCondition;
  readonly wanted: WantedAcl;
  readonly terms: AclTerms | undefined;
};

/** What a write came to, and why the target refused the ACL, where it did. */
type Outcome<T> = { readonly done: T; readonly refused?: string | undefined };

function write({ from, to, copy }: Task, how: How, { store }: ObjectWorld): Promise<Outcome<Written>> {
  const { tags, storageClass, condition, wanted, terms } = how;
  const request = {
    from,
    to,
    condition,
    storageClass,
    // Where there are none, and were none, there is nothing to replace: none are copied.
    ...(copy.tagCount === 0 && Object.keys(tags).length === 0 ? {} : { tags }),
    ...defined({ websiteRedirect: copy.websiteRedirect }),
  };
  return writeWithAcl(wanted, terms, (grants) => store.copy({ ...request, ...defined({ grants }) }));
}

/** What is at the target: right, or why it is not. Where that was asked for, its bytes are read too. */
async function compare(
  task: Task,
  tags: Tags,
  target: ObjectFacts,
  request: ObjectRequest,
  world: ObjectWorld,
): Promise<RestoreResult> {
  const { copy, to } = task;
  if (!(await isIdentical(copy, tags, target, to, world))) return conflict(task, target);
  const right = { kind: 'right', bytes: copy.size } as const;
  return request.verify ? prove(right, task, request, world) : right;
}

/** Reads back what is now at the target. */
async function prove(
  result: Extract<RestoreResult, { bytes: number }>,
  task: Task,
  { source }: ObjectRequest,
  world: ObjectWorld,
): Promise<RestoreResult> {
  const verdict = await verifyRestored({ ...task, source }, world);
  if (typeof verdict === 'string') return { ...result, proof: verdict };
  const { expected, found } = verdict.mismatch;
  return failed(task.key, 'damaged', `what was read back has ${found}, and should have ${expected}`);
}

/** Nothing is left of the key: of the marker of the target itself there is nothing to do, other content has no place. */
function nothingOf(known: Parameters<typeof whyNotWritten>[0], size: number): RestoreResult {
  const { key, version } = known;
  const refused = whyNotWritten({ ...known, version: { ...version, size } }, '');
  if (refused !== undefined) return failed(key, refused.reason, refused.detail);
  return { kind: 'right', bytes: 0, notes: [{ key, ...TARGET_ITSELF }] };
}

const ABSENT: HeadResult = { found: false, why: 'absent' };

/** Gives up the upload that an earlier message began for an object, if one did. */
export async function abandonUpload(
  { key, uploadId }: RestoreItem,
  request: Pick<AcceptedRestore, 'target' | 'stripPrefix' | 'map'>,
  { store }: Pick<ObjectWorld, 'store'>,
): Promise<void> {
  if (uploadId === undefined) return;
  const to = { bucket: request.target.bucket, key: targetKey(mappingOf(request), key) };
  await store.abortMultipart({ ...to, uploadId });
}

function conditionOn(target: HeadResult): WriteCondition {
  return target.found ? { ifMatch: target.object.etag } : { ifAbsent: true };
}

async function writeLarge(
  { from, to, copy, uploadId }: Task,
  { tags, storageClass, condition, wanted, terms }: How,
  world: ObjectWorld,
  timeLeft: () => number,
): Promise<Outcome<Written | (RestoreResult & { kind: 'unfinished' })>> {
  const start = multipartStart(to, copy, tags, storageClass);
  const begun =
    uploadId === undefined
      ? await writeWithAcl(wanted, terms, (grants) =>
          world.store.beginMultipart({ ...start, ...defined({ grants }) }),
        )
      : { done: { ...to, uploadId } };
  const upload = begun.done;
  const partBytes = partBytesFor(copy.size, world.settings.partBytes);
  const job = { from: { ...from, ifMatch: copy.etag }, size: copy.size, partBytes, upload };
  const parts = await copyParts(job, timeLeft, world);
  if (parts === undefined) return { done: { kind: 'unfinished', uploadId: upload.uploadId } };
  try {
    const done = await world.store.completeMultipart(upload, parts, condition);
    // Another message may have begun it, and been refused.
    const is = uploadId === undefined || (await hasAcl(to, wanted, terms, world));
    return { done, refused: is === true ? begun.refused : refusedAs(is) };
  } catch (error) {
    // Refused because somebody wrote there meanwhile: what is done next begins with another look, and another upload.
    await world.store.abortMultipart(upload);
    throw error;
  }
}

function refusedAs(is: false | { readonly unknown: string }): string {
  return is === false ? 'had another ACL, which the target refused' : is.unknown;
}

function conflict({ key, to, copy }: Task, target: ObjectFacts): RestoreResult {
  const detail =
    `s3://${to.bucket}/${to.key} differs (${target.size} bytes, the copy has ${copy.size}) and was left alone; ` +
    'say --overwrite ("overwrite": "always") to replace it';
  return { kind: 'conflicts', problem: { key, reason: 'conflict', detail } };
}

function unreadable({ key, versionId }: RestoreItem, code: string): RestoreResult {
  const detail = `the vault answers "${code}" for version ${versionId}`;
  return { kind: 'failed', problem: { key, reason: 'vault-unreadable', detail }, code };
}

function failed(key: string, reason: string, detail: string): RestoreResult {
  return { kind: 'failed', problem: { key, reason, detail } };
}
