/**
 * Orders keys as S3 lists them and DynamoDB sorts them: by their UTF-8 bytes. JavaScript's `<` compares UTF-16
 * units and puts keys beyond U+FFFF before U+E000…U+FFFF.
 * Source: S3 "keys are returned in UTF-8 binary order"; DynamoDB "strings are compared by their UTF-8 bytes".
 */
export function compareKeys(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Bytes a key takes, as S3's 1,024-byte limit counts them. */
export function keyBytes(key: string): number {
  return Buffer.byteLength(key);
}

/** S3's limit for a key, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;
