import type { KeptAcl } from '../../../model/acl.ts';
import { bucketOf } from '../../../model/bucket-uri.ts';
import type { ObjectRef } from '../../../ports/object-store.ts';
import type { World } from '../../../ports/world.ts';
import { type AclRecord, aclRecordText, parseAclRecord } from '../model/acl-record.ts';
import { aclRecordKey, aclRecordPrefix } from '../model/vault-key.ts';
import { type RecordKind, recordAt } from './record-beside.ts';

/** What ACL the object of a copy had, where that was not the default one. */
export const ACLS: RecordKind<AclRecord> = {
  what: 'ACL',
  prefixOf: aclRecordPrefix,
  placeOf: aclRecordKey,
  parse: parseAclRecord,
  text: aclRecordText,
};

/** A copy in the vault whose object's ACL is asked for. */
export type GrantedCopy = {
  /** A bucket, as the catalog names it. */
  readonly source: string;
  readonly key: string;
  readonly from: Required<ObjectRef>;
  readonly copy: { readonly lastModified: number };
  /** The moment, ms since 1970. */
  readonly at: number;
};

/** The ACL that the object of a copy had at a moment; undefined where nothing says so, which is the default one if it was read. */
export async function aclAt(
  { source, key, from, copy, at }: GrantedCopy,
  world: Pick<World, 'store' | 'settings'>,
): Promise<KeptAcl | undefined> {
  const asked = { versionId: from.versionId, madeAt: copy.lastModified, at };
  const place = { bucket: bucketOf(source), key };
  return (await recordAt(ACLS, place, asked, world, ({ first }) => first === true))?.acl;
}
