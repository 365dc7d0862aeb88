import { createHash, type Hash } from 'node:crypto';
import { defined } from '../../../model/defined.ts';
import type { Checksum } from '../../../model/object.ts';
import type { Checksums, RunningChecksum } from '../../../ports/checksums.ts';
import type { ObjectStore, Part, UploadRef, WriteOptions, Written } from '../../../ports/object-store.ts';
import type { Settings } from '../../../ports/world.ts';
import { inParts, partBytesFor } from '../../../vault/parts.ts';
import type { Kept } from '../model/records.ts';
import { SiteError } from '../site-error.ts';

/** The world of whoever brings bytes from outside S3 into the vault. */
export type KeepWorld = {
  readonly store: Pick<
    ObjectStore,
    'write' | 'writePart' | 'beginMultipart' | 'completeMultipart' | 'abortMultipart'
  >;
  readonly settings: Pick<Settings, 'vault'>;
  readonly checksums: Checksums;
};

/** What the bytes have to be, as far as it is known beforehand. */
export type ExpectedContent = {
  readonly size?: number;
  /** Digests in lower-case hex or base64, by algorithm: each that is given has to fit. */
  readonly digests?: Readonly<Partial<Record<'md5' | 'sha256', string>>>;
};

/** Bytes on their way into the vault. */
export type Incoming = {
  readonly key: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly expected: ExpectedContent;
  readonly options: Pick<WriteOptions, 'contentType' | 'metadata'>;
  /** Names the thing in an error. */
  readonly what: string;
};

/** Smallest part, in bytes; larger where 10,000 parts of it would not hold the whole. */
const PART_BYTES = 8 * 1024 * 1024;

/**
 * Streams bytes into the vault, holding two parts of them in memory at most. What is not as expected is never kept: it is
 * compared before the object is written, or its upload ended.
 *
 * @throws {SiteError} `corrupt` when length or a digest differ; StoreError when the vault refuses
 */
export async function keepBytes(incoming: Incoming, world: KeepWorld): Promise<Kept> {
  const check = new ContentCheck(incoming, world.checksums);
  const parts = inParts(watched(incoming.body, check), partBytesFor(incoming.expected.size ?? 0, PART_BYTES));
  const first = await parts.next();
  const second = first.done ? first : await parts.next();
  if (second.done) return keepSmall(incoming, first.done ? new Uint8Array() : first.value, check, world);
  const upload = await begin(incoming, world);
  try {
    return await keepParts(incoming, upload, [first.value as Uint8Array, second.value], parts, check, world);
  } catch (error) {
    await parts.return(undefined);
    await world.store.abortMultipart(upload);
    throw error;
  }
}

async function keepSmall(
  { key, options }: Incoming,
  bytes: Uint8Array,
  check: ContentCheck,
  { store, settings }: KeepWorld,
): Promise<Kept> {
  const checksum = await check.finish();
  return keptOf(
    key,
    await store.write({ bucket: settings.vault, key }, bytes, options),
    check.size,
    checksum,
  );
}

function begin({ key, options }: Incoming, { store, settings }: KeepWorld): Promise<UploadRef> {
  return store.beginMultipart({
    to: { bucket: settings.vault, key },
    headers: defined({ contentType: options.contentType }),
    metadata: options.metadata ?? {},
    tags: {},
    checksum: 'CRC32',
  });
}

/** One part is read while the one before it is written. */
async function keepParts(
  { key, what }: Incoming,
  upload: UploadRef,
  begun: readonly Uint8Array[],
  rest: AsyncGenerator<Uint8Array, void>,
  check: ContentCheck,
  { store }: KeepWorld,
): Promise<Kept> {
  const parts: Part[] = [];
  let writing: Promise<Part> | undefined;
  const write = async (bytes: Uint8Array) => {
    if (writing !== undefined) parts.push(await writing);
    writing = store.writePart(upload, parts.length + 1, bytes);
    // Its failure is met at the next part, or at the end.
    writing.catch(() => undefined);
  };
  for (const bytes of begun) await write(bytes);
  for await (const bytes of rest) await write(bytes);
  if (writing !== undefined) parts.push(await writing);
  const checksum = await check.finish();
  const written = await store.completeMultipart(upload, parts);
  const kept = keptOf(key, written, check.size, checksum);
  if (written.checksum?.algorithm === checksum.algorithm && written.checksum.value !== checksum.value)
    throw new SiteError('corrupt', `${what} reached the vault as other bytes than were read`);
  return kept;
}

function keptOf(key: string, { versionId, etag, checksum }: Written, size: number, own: Checksum): Kept {
  if (versionId === undefined) throw new SiteError('invalid', `the vault keeps no versions: ${key}`);
  return { key, versionId, etag, size, checksum: checksum ?? own };
}

async function* watched(
  body: AsyncIterable<Uint8Array>,
  check: ContentCheck,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    check.update(chunk);
    yield chunk;
  }
}

/** Looks at bytes as they pass: their length, the digests that are expected, and the checksum that the vault keeps. */
class ContentCheck {
  readonly #incoming: Pick<Incoming, 'expected' | 'what'>;
  readonly #hashes: ReadonlyArray<readonly [name: string, hash: Hash, expected: string]>;
  readonly #crc: RunningChecksum | undefined;
  #size = 0;

  constructor(incoming: Pick<Incoming, 'expected' | 'what'>, checksums: Checksums) {
    this.#incoming = incoming;
    this.#hashes = Object.entries(incoming.expected.digests ?? {}).map(
      ([name, expected]) => [name, createHash(name), expected] as const,
    );
    this.#crc = checksums.begin('CRC32');
  }

  get size(): number {
    return this.#size;
  }

  update(bytes: Uint8Array): void {
    this.#size += bytes.length;
    for (const [, hash] of this.#hashes) hash.update(bytes);
    this.#crc?.update(bytes);
    const { size } = this.#incoming.expected;
    // Not to be read to its end first: it may have none.
    if (size !== undefined && this.#size > size) throw this.#corrupt(`${size} bytes`, 'more');
  }

  /** @returns the checksum of the whole. @throws {SiteError} `corrupt` */
  async finish(): Promise<Checksum> {
    const { size } = this.#incoming.expected;
    if (size !== undefined && this.#size !== size) throw this.#corrupt(`${size} bytes`, `${this.#size}`);
    for (const [name, hash, expected] of this.#hashes) {
      const digest = hash.digest();
      if (digest.toString('hex') !== expected.toLowerCase() && digest.toString('base64') !== expected)
        throw this.#corrupt(`${name} ${expected}`, digest.toString('hex'));
    }
    return { algorithm: 'CRC32', value: (await this.#crc?.digest()) ?? '' };
  }

  #corrupt(expected: string, found: string): SiteError {
    return new SiteError(
      'corrupt',
      `${this.#incoming.what} came damaged: it should have ${expected}, and had ${found}`,
    );
  }
}
