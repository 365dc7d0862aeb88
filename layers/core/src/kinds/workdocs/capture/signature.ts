import type { ExpectedContent } from './keep-bytes.ts';

type Digests = NonNullable<ExpectedContent['digests']>;

/** Length of a digest in bytes, and what makes one of it. */
const ALGORITHMS: ReadonlyMap<number, keyof Digests> = new Map([
  [16, 'md5'],
  [32, 'sha256'],
]);

/**
 * The digest that a version's signature is: WorkDocs does not say which it takes, so its length has to tell. In hex or
 * base64; anything else cannot be compared, and stays in the record as it is.
 */
export function digestsOf(signature: string | undefined): Digests | undefined {
  const digest = digestOf(signature);
  return digest && { [digest.algorithm]: digest.hex };
}

/** As {@link digestsOf}, one digest in lower-case hex. */
export function digestOf(
  signature = '',
): { readonly algorithm: keyof Digests; readonly hex: string } | undefined {
  const isHex = /^(?:[0-9a-f]{32}|[0-9a-f]{64})$/i.test(signature);
  const isBase64 = /^(?:[\w+/]{22}==|[\w+/]{43}=)$/.test(signature);
  if (!isHex && !isBase64) return undefined;
  const bytes = Buffer.from(signature, isHex ? 'hex' : 'base64');
  const algorithm = ALGORITHMS.get(bytes.length);
  return algorithm && { algorithm, hex: bytes.toString('hex') };
}
