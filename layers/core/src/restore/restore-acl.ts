import { type Grants, type KeptAcl, keptAcl, sameAcl, takesAcls } from '../model/acl.ts';
import { defined } from '../model/defined.ts';
import { isStoreError, messageOf } from '../model/errors.ts';
import type { AcceptedRestore } from '../model/restore-request.ts';
import type { Source } from '../model/source.ts';
import type { ObjectRef } from '../ports/object-store.ts';
import type { World } from '../ports/world.ts';
import type { CopyAt } from '../source/beside.ts';
import type { HistoryOf } from '../source/source-kind.ts';
import { mayStillPass } from '../vault/denied.ts';

/** What a batch has to know to give ACLs back. */
export type AclTerms = {
  /** The target's objects have ACLs. */
  readonly taken: boolean;
  /** When the source's were remembered. */
  readonly kept: Pick<Source, 'acls' | 'aclsReadAt'>;
  /** Rights that were just given may still come to hold: what is denied is tried again, and not yet done without. */
  readonly mayStillPass: boolean;
};

/** @returns undefined where nobody asked for ACLs */
export async function aclTerms(
  { acls, source, target }: Pick<AcceptedRestore, 'acls' | 'source' | 'target'>,
  receiveCount: number,
  { store, catalog }: Pick<World, 'store' | 'catalog'>,
): Promise<AclTerms | undefined> {
  if (!acls) return undefined;
  const ownership = await store.ownership(target.bucket);
  const { acls: kept, aclsReadAt } = (await catalog.getSource(source)) ?? {};
  return {
    taken: takesAcls(ownership),
    kept: defined({ acls: kept, aclsReadAt }),
    mayStillPass: mayStillPass('access-denied', receiveCount),
  };
}

/** The ACL that an object is to have; undefined: whatever it gets. And what is worth to know of that. */
export type WantedAcl = { readonly acl?: Exclude<KeptAcl, 'unreadable'>; readonly note?: string };

type Asked = {
  readonly key: string;
  readonly from: Required<ObjectRef>;
  readonly copy: CopyAt['copy'];
};

/** What ACL an object is to get, as of the moment that is restored. */
export async function wantedAcl(
  { key, from, copy }: Asked,
  { source, at }: Pick<AcceptedRestore, 'source' | 'at'>,
  terms: AclTerms | undefined,
  world: Pick<World, 'store' | 'settings'> & { readonly historyOf: HistoryOf },
): Promise<WantedAcl> {
  if (terms === undefined) return {};
  const kept = await world.historyOf(source).beside.acls?.at({ source, key, from, copy, at }, world);
  if (kept === 'unreadable')
    return { note: 'its ACL could not be read at the source; it has the default one' };
  if (kept === undefined && !wasRead(copy.lastModified, at, terms))
    return { note: 'it was copied when ACLs were not remembered; it has the default one' };
  const acl = kept ?? 'default';
  if (terms.taken) return { acl };
  return acl === 'default' ? {} : { note: `${grantsOf(acl)}; the target bucket takes no ACLs` };
}

function grantsOf(acl: Grants): string {
  return `had an ACL of ${acl.length} ${acl.length === 1 ? 'grant' : 'grants'}`;
}

/** Whether the ACL of an object is known to have been the default one, since no record says otherwise. */
function wasRead(copiedAt: number, at: number, { kept: { acls, aclsReadAt = 0 } }: AclTerms): boolean {
  if (acls === undefined || copiedAt > (acls.until ?? copiedAt)) return false;
  // Copies are dated in whole seconds.
  return copiedAt + 1000 > acls.since || (aclsReadAt >= acls.since && at >= aclsReadAt);
}

/** Whether the ACL at the target is the one that is wanted, or why that cannot be told. */
export async function hasAcl(
  to: ObjectRef,
  { acl }: WantedAcl,
  terms: AclTerms | undefined,
  { store }: Pick<World, 'store'>,
): Promise<boolean | { readonly unknown: string }> {
  if (acl === undefined || terms === undefined) return true;
  try {
    return sameAcl(keptAcl(await store.getAcl(to)), acl);
  } catch (error) {
    if (!isStoreError(error, 'access-denied', 'invalid') || isForLater(error.code, terms)) throw error;
    return { unknown: `its ACL at the target could not be read: ${messageOf(error)}` };
  }
}

/**
 * Does a write with the ACL that is wanted, and without it where the target refuses that: the bytes are worth more. A bucket that
 * blocks public access denies an ACL that is public, and S3 knows not every account that there once was.
 *
 * @returns why it was refused, where it was
 */
export async function writeWithAcl<T>(
  { acl }: WantedAcl,
  terms: AclTerms | undefined,
  write: (grants: Grants | undefined) => Promise<T>,
): Promise<{ readonly done: T; readonly refused?: string }> {
  if (acl === undefined || acl === 'default') return { done: await write(undefined) };
  try {
    return { done: await write(acl) };
  } catch (error) {
    if (!isStoreError(error, 'access-denied', 'invalid') || isForLater(error.code, terms)) throw error;
    const done = await write(undefined);
    return { done, refused: `${grantsOf(acl)}, which the target refused: ${messageOf(error)}` };
  }
}

function isForLater(code: string, terms: AclTerms | undefined): boolean {
  return code === 'access-denied' && terms?.mayStillPass === true;
}
