import { createHash } from 'node:crypto';
import { keyBytes, MAX_KEY_BYTES } from '../../../model/byte-order.ts';

/** Where one source key lives in the vault. */
export type VaultPlace = {
  /** Key of the copy. */
  readonly key: string;
  /** For a source key too long to be a vault key: the object beside the copy that holds the source key itself. */
  readonly nameKey?: string;
};

/** Everything the vault holds of one bucket begins so. `~` cannot be in a bucket name, so the two never mix. */
export function vaultPrefix(bucket: string): string {
  return `s3/${bucket}/`;
}

/** Where copies live whose own key is too long. */
export function longVaultPrefix(bucket: string): string {
  return `s3/${bucket}~long/`;
}

/**
 * Where the records of an object's tags are kept, for copies too large to be made again for them: beside the copies, so that
 * no listing of those meets one.
 */
export function tagsRecordKey(bucket: string, key: string): string {
  return `${tagsRecordPrefix(bucket)}${keyDigest(key)}.json`;
}

/** Everything that the vault holds of the tags of a bucket's large objects begins so. */
export function tagsRecordPrefix(bucket: string): string {
  return `s3/${bucket}~tags/`;
}

/** Where the records of an object's ACL are kept, where it is not, or was not, the default one. */
export function aclRecordKey(bucket: string, key: string): string {
  return `${aclRecordPrefix(bucket)}${keyDigest(key)}.json`;
}

/** Where all records of ACLs of a bucket are. */
export function aclRecordPrefix(bucket: string): string {
  return `s3/${bucket}~acls/`;
}

/** The bucket of a name that follows `s3/` in the vault, whatever of it is kept there. */
export function bucketOfFolder(name: string): string {
  return name.replace(/~(long|tags|acls)$/, '');
}

/** Finds the vault key of a source key; the mapping is one-to-one and needs no catalog to be read back. */
export function vaultPlace(bucket: string, key: string): VaultPlace {
  const plain = vaultPrefix(bucket) + key;
  if (keyBytes(plain) <= MAX_KEY_BYTES) return { key: plain };
  const hashed = longVaultPrefix(bucket) + keyDigest(key);
  return { key: hashed, nameKey: `${hashed}.key` };
}

function keyDigest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** As much of a text as can be a key, cut between characters: it comes before every key that begins with it. */
export function cutToKey(text: string): string {
  if (keyBytes(text) <= MAX_KEY_BYTES) return text;
  return Buffer.from(text)
    .subarray(0, MAX_KEY_BYTES)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
}

/** True for the object that holds a long key's name, false for the copy itself. */
export function isNameKey(vaultKey: string): boolean {
  return vaultKey.endsWith('.key');
}
