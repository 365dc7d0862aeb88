import { GetObjectAclCommand, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { type Acl, AclSchema } from '../model/acl.ts';
import { StoreError } from '../model/errors.ts';
import type { ObjectRef } from '../ports/object-store.ts';
import { attempt, uri } from './s3-attempt.ts';
import { QUICK } from './s3-quick.ts';
import { objectInput } from './s3-requests.ts';

/** GetObjectAcl. Names and addresses are left out: S3 shows names to some and not to others, and addresses to nobody. */
export function getAcl(client: S3Client, ref: ObjectRef): Promise<Acl> {
  return attempt(`read the ACL of ${uri(ref)}`, async () => {
    const { Owner, Grants = [] } = await client.send(new GetObjectAclCommand(objectInput(ref)), QUICK);
    const parsed = v.safeParse(AclSchema, {
      owner: Owner?.ID,
      // It can be written, and allows nothing.
      grants: Grants.filter(({ Permission }) => Permission !== 'WRITE').map(({ Grantee, Permission }) => ({
        to: Grantee?.URI ?? Grantee?.ID,
        may: Permission,
      })),
    });
    if (parsed.success) return parsed.output;
    throw new StoreError('invalid', `the ACL of ${uri(ref)} is none that is known`);
  });
}
