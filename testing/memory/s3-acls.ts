import { type Acl, type Grants, isGroup, MAX_GRANTS, sameAcl, takesAcls } from '@holdfast/core/model/acl.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import type { MemoryBucket } from './memory-bucket.ts';
import type { Content } from './s3-content.ts';

/** The canonical user id of an account, as S3 has them: 64 hex digits. */
export function canonicalId(account: string): string {
  return account.padStart(64, 'c');
}

/** What a reader gets: with ACLs switched off, everything for the bucket's owner. */
export function aclOf(bucket: MemoryBucket, { grants }: Pick<Content, 'grants'>): Acl {
  const owner = canonicalId(bucket.account);
  const all = { to: owner, may: 'FULL_CONTROL' } as const;
  return { owner, grants: takesAcls(bucket.ownership) && grants !== undefined ? [...grants] : [all] };
}

/**
 * The grants that are kept of those that a write names: none of the default ones.
 *
 * @throws StoreError `invalid` where ACLs are off, and for whom S3 does not know; `access-denied` where none may be public
 */
export function checkGrants(
  bucket: MemoryBucket,
  grants: Grants | undefined,
  unknown: ReadonlySet<string>,
): { grants?: Grants } {
  if (grants === undefined) return {};
  const owners = [{ to: canonicalId(bucket.account), may: 'FULL_CONTROL' }] as const;
  if (sameAcl(grants, owners)) return {};
  if (!takesAcls(bucket.ownership)) throw new StoreError('invalid', 'The bucket does not allow ACLs');
  if (grants.length > MAX_GRANTS) throw new StoreError('invalid', 'too many grants');
  if (grants.some(({ to }) => unknown.has(to))) throw new StoreError('invalid', 'Invalid id');
  if (bucket.blocksPublicAcls && grants.some(({ to }) => isGroup(to)))
    throw new StoreError('access-denied', `${bucket.name} blocks public ACLs`);
  return { grants };
}
