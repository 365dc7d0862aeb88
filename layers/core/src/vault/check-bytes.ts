import { HoldfastError } from '../model/errors.ts';
import type { Checksum, ObjectFacts } from '../model/object.ts';
import type { Checksums, RunningChecksum } from '../ports/checksums.ts';

/** What some bytes have to be. Without a checksum only their length is looked at. */
export type ExpectedBytes = { readonly size: number; readonly checksum?: Checksum };

/** What does not fit, in words that can stand in a report: `CRC64NVME AAAA…=` or `1,024 bytes`. */
export type Mismatch = { readonly expected: string; readonly found: string };

/** The bytes that were read are not those that were written. */
export class WrongBytesError extends HoldfastError {
  readonly mismatch: Mismatch;

  constructor(what: string, mismatch: Mismatch) {
    super(`${what} is damaged: it should have ${mismatch.expected}, it has ${mismatch.found}`, 'fatal');
    this.mismatch = mismatch;
  }
}

const SINGLE_PART = /^[0-9a-f]{32}$/;

/**
 * What to hold an object's bytes against: a checksum that was kept elsewhere, else S3's own, else the ETag where that
 * is an MD5. An algorithm that cannot be computed here is as good as none.
 *
 * @param recorded the checksum that the catalog's entry has of this very version
 */
export function expectedOf(
  facts: ObjectFacts,
  recorded: Checksum | undefined,
  checksums: Checksums,
): ExpectedBytes {
  const candidates = [recorded, facts.checksum, etagChecksum(facts)];
  const checksum = candidates.find((one) => one !== undefined && checksums.begin(one.algorithm));
  return { size: facts.size, ...(checksum === undefined ? {} : { checksum }) };
}

/** An ETag is the MD5 of the bytes for what was written in one piece and is not encrypted with a KMS key. */
function etagChecksum({ etag, encryption }: ObjectFacts): Checksum | undefined {
  if (!SINGLE_PART.test(etag) || encryption?.startsWith('aws:kms')) return undefined;
  return { algorithm: 'MD5', value: Buffer.from(etag, 'hex').toString('base64') };
}

/** Looks at bytes as they pass. */
export class ByteCheck {
  readonly #expected: ExpectedBytes;
  readonly #running: RunningChecksum | undefined;
  #size = 0;

  constructor(expected: ExpectedBytes, checksums: Checksums) {
    this.#expected = expected;
    const { checksum } = expected;
    this.#running = checksum === undefined ? undefined : checksums.begin(checksum.algorithm);
  }

  /** How many bytes have passed. */
  get size(): number {
    return this.#size;
  }

  update(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.#running?.update(bytes);
  }

  /** To be called once, when all have passed. @returns undefined when they are as they should be */
  async finish(): Promise<Mismatch | undefined> {
    const { size, checksum } = this.#expected;
    if (this.#size !== size) return { expected: inBytes(size), found: inBytes(this.#size) };
    if (checksum === undefined || this.#running === undefined) return undefined;
    const value = await this.#running.digest();
    if (value === checksum.value) return undefined;
    return { expected: inWords(checksum), found: inWords({ ...checksum, value }) };
  }
}

/**
 * Passes bytes on and checks them on their way.
 *
 * @param what the object, for the message
 * @throws {WrongBytesError} behind the last byte, when they were not as expected
 */
export async function* checkedBytes(
  body: AsyncIterable<Uint8Array>,
  expected: ExpectedBytes,
  { checksums, what }: { readonly checksums: Checksums; readonly what: string },
): AsyncGenerator<Uint8Array> {
  const check = new ByteCheck(expected, checksums);
  for await (const bytes of body) {
    check.update(bytes);
    yield bytes;
  }
  const mismatch = await check.finish();
  if (mismatch !== undefined) throw new WrongBytesError(what, mismatch);
}

/** Reads bytes only to check them. @returns undefined when they are as they should be */
export async function checkBytes(
  body: AsyncIterable<Uint8Array>,
  expected: ExpectedBytes,
  checksums: Checksums,
): Promise<Mismatch | undefined> {
  const check = new ByteCheck(expected, checksums);
  for await (const bytes of body) check.update(bytes);
  return check.finish();
}

function inBytes(size: number): string {
  return `${size.toLocaleString('en-US')} ${size === 1 ? 'byte' : 'bytes'}`;
}

function inWords({ algorithm, value }: Checksum): string {
  return `${algorithm} ${value}`;
}
