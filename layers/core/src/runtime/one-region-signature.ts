/**
 * What the SDK signs with when a request may go to several regions at once, or to a directory bucket. Holdfast has
 * neither: bundled in place of the SDK's own, which takes 4 KiB.
 */

export { SignatureV4 as SignatureV4SignWithCredentials } from '@smithy/signature-v4';
export { ByteSignature as SignatureV4MultiRegion } from '../aws/byte-signature.ts';
