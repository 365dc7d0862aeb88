import { createHash, createHmac } from 'node:crypto';
import type { RawRequest } from './raw-server.ts';

/**
 * What is wrong with a request's Signature Version 4, worked out anew from the bytes that came over the wire and nothing
 * else; undefined when it is right. Source: AWS General Reference, "Create a signed AWS API request", with S3's exceptions:
 * the path is encoded once, and the payload's hash is the one that the header names. Other services are asked at `/`.
 */
export function signatureProblem(request: RawRequest, secret: string): string | undefined {
  const authorization = headerOf(request, 'authorization')?.toString('latin1') ?? '';
  const parts =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+), Signature=(\w{64})$/.exec(
      authorization,
    );
  if (parts === null) return `no signature in "${authorization}"`;
  const [, scope = '', names = '', signature] = parts;
  const signed = names.split(';');
  const unsigned = request.headers.map(([name]) => name).filter((name) => mustBeSigned(name, signed));
  if (unsigned.length > 0) return `not signed: ${unsigned.join(', ')}`;
  const digest = sha256(canonical(request, signed));
  const text = `AWS4-HMAC-SHA256\n${headerOf(request, 'x-amz-date')}\n${scope}\n${digest}`;
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (made, word) => createHmac('sha256', made).update(word).digest(),
      `AWS4${secret}`,
    );
  const expected = createHmac('sha256', key).update(text).digest('hex');
  return expected === signature ? undefined : `the signature fits ${canonical(request, signed)}`;
}

/** S3 asks for the host, the type, and everything that begins with x-amz-; the rest may be signed too. */
function mustBeSigned(name: string, signed: readonly string[]): boolean {
  return /^(host|content-type|content-md5|x-amz-.*)$/.test(name) && !signed.includes(name);
}

function canonical(request: RawRequest, signed: readonly string[]): Buffer {
  const [path = '', query = ''] = request.target.split(/\?(.*)/s);
  const pairs = query === '' ? [] : query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  const lines = signed.map((name) =>
    Buffer.concat([Buffer.from(`${name}:`), trimmed(headerOf(request, name)), Buffer.from('\n')]),
  );
  return Buffer.concat([
    Buffer.from(`${request.method}\n${path}\n${pairs.sort().join('&')}\n`),
    ...lines,
    Buffer.from(
      `\n${signed.join(';')}\n${headerOf(request, 'x-amz-content-sha256') ?? sha256(request.body)}`,
    ),
  ]);
}

function headerOf({ headers }: RawRequest, name: string): Buffer | undefined {
  return headers.find(([one]) => one === name)?.[1];
}

/** Without blanks at its ends, and with one where several stand; a byte beyond ASCII is no blank. */
function trimmed(value: Buffer = Buffer.of()): Buffer {
  const text = value
    .toString('latin1')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '');
  return Buffer.from(text, 'latin1');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
