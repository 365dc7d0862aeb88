import * as v from 'valibot';

/**
 * What a grant of an object's ACL allows. WRITE is none: "Not applicable" to objects, and no write takes it.
 * Source: S3 user guide, "Access control list (ACL) overview".
 */
export const PERMISSIONS = ['FULL_CONTROL', 'READ', 'READ_ACP', 'WRITE_ACP'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** S3's predefined groups, by their URIs: everybody, everybody with an AWS account, and the writer of access logs. */
export const GROUPS = [
  'http://acs.amazonaws.com/groups/global/AllUsers',
  'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
  'http://acs.amazonaws.com/groups/s3/LogDelivery',
] as const;

/** An account's canonical user id: 64 hex digits; S3's own users have others. It goes into a header, in quotes. */
const CanonicalId = v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{1,128}$/));

/** S3's limit: "An ACL can have up to 100 grants". */
export const MAX_GRANTS = 100;

export const GrantSchema = v.object({
  /** A canonical user id, or a group's URI. There is no third: S3 turns an address into the id of its account. */
  to: v.union([v.picklist(GROUPS), CanonicalId]),
  may: v.picklist(PERMISSIONS),
});
export type Grant = v.InferOutput<typeof GrantSchema>;
export type Grants = readonly Grant[];

export const AclSchema = v.object({
  /** The canonical user id of whom the object belongs to. */
  owner: CanonicalId,
  grants: v.pipe(v.array(GrantSchema), v.maxLength(MAX_GRANTS)),
});
/** Who may do what with an object, beside what policies say. */
export type Acl = v.InferOutput<typeof AclSchema>;

/** True where nobody but its owner is granted anything, and that is everything: what an object has unless told otherwise. */
export function isDefaultAcl({ owner, grants }: Acl): boolean {
  return grants.every(({ to, may }) => to === owner && may === 'FULL_CONTROL');
}

/** True for a group's URI; everything else is an account's id. */
export function isGroup(to: string): boolean {
  return to.includes('/');
}

/** What is remembered of an ACL: `default`, `unreadable`, or what it grants where that is not the default. */
export type KeptAcl = 'default' | 'unreadable' | Grants;

/** What is kept of an ACL that could be read. */
export function keptAcl(acl: Acl): 'default' | Grants {
  return isDefaultAcl(acl) ? 'default' : acl.grants;
}

/** True when both say the same, in whatever order. */
export function sameAcl(one: KeptAcl, other: KeptAcl): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  const words = [one, other].map((grants) =>
    [...new Set(grants.map(({ to, may }) => `${may} ${to}`))].sort(),
  );
  return JSON.stringify(words[0]) === JSON.stringify(words[1]);
}

/**
 * What a bucket does with ACLs. `BucketOwnerEnforced`, what new buckets have, switches them off: reading one answers with full
 * control for the bucket's owner, and writing another is refused. A bucket that was never told has `ObjectWriter`.
 * Source: S3 user guide, "Controlling ownership of objects and disabling ACLs for your bucket".
 */
export const OWNERSHIPS = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'] as const;
export type Ownership = (typeof OWNERSHIPS)[number];

/** True where the objects of a bucket have ACLs that count. */
export function takesAcls(ownership: Ownership): boolean {
  return ownership !== 'BucketOwnerEnforced';
}
