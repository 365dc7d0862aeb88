import * as v from 'valibot';
import { GrantSchema, type KeptAcl, MAX_GRANTS } from '../../../model/acl.ts';
import { InvalidInputError } from '../../../model/errors.ts';
import { parseJson } from '../../../model/json.ts';

const AclRecordSchema = v.object({
  /** The object's key at its source: the record's own is a digest of it. */
  key: v.string(),
  /** The copy that this is the ACL of. */
  vaultVersionId: v.string(),
  acl: v.union([
    v.picklist(['default', 'unreadable']),
    v.pipe(v.array(GrantSchema), v.maxLength(MAX_GRANTS)),
  ]),
  /** Written with the copy: it was so from when that was made, and not only from when this was written. */
  first: v.optional(v.literal(true)),
  /** When it was written, ms since 1970: no two records of an object are the same text. */
  at: v.number(),
});

/** What the vault says of the ACL of a copy's object. A copy without a record had the default one. */
export type AclRecord = Omit<v.InferOutput<typeof AclRecordSchema>, 'acl'> & { readonly acl: KeptAcl };

export function aclRecordText(record: AclRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** @throws {InvalidInputError} for a text that is no record */
export function parseAclRecord(text: string): AclRecord {
  const parsed = v.safeParse(AclRecordSchema, parseJson(text));
  if (!parsed.success) throw new InvalidInputError(`not a record of an ACL: ${text.slice(0, 200)}`);
  return parsed.output;
}
