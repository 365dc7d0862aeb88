import { checksums } from '@holdfast/core/aws/checksums.ts';
import { isStoreError, StoreError } from '@holdfast/core/model/errors.ts';
import type { ObjectFacts } from '@holdfast/core/model/object.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';
import { ByteCheck, expectedOf } from '@holdfast/core/vault/check-bytes.ts';
import { PlaceError } from './disk-errors.ts';
import type { LocalWorld } from './local-job.ts';
import { modifiedAt } from './modified-at.ts';

/** What is known of the bytes once they were read. */
export type Proof = 'verified' | 'unverified' | 'wrong';

/** A copy whose bytes are being read, once and in order. */
export type OpenCopy = {
  readonly facts: ObjectFacts;
  /** The time that its file gets: ms since 1970. */
  readonly modifiedAt: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** After the last byte. */
  readonly proof: () => Promise<Proof>;
  /** True when the bytes have been read into memory. */
  readonly read?: boolean;
};

const ATTEMPTS = 4;
const PAUSE_MS = 500;

/**
 * Begins to read an object's copy. When the connection is lost on the way, it goes on from there.
 *
 * @throws {PlaceError} for what the vault has not; StoreError, also while the body is read
 */
export async function openCopy(object: Selected, { reader, signal, pause }: LocalWorld): Promise<OpenCopy> {
  const { version, checksum, lacking } = object;
  if (version.versionId === '') throw new PlaceError('not-in-vault', lacking ?? '');
  const first = await reader.open(version, { signal });
  const { size } = first.object;
  const expected = expectedOf(first.object, checksum, checksums);
  const check = new ByteCheck(expected, checksums);

  const openFrom = async (at: number) => (await reader.open(version, { signal, range: { first: at } })).body;

  async function* body(): AsyncGenerator<Uint8Array> {
    let next: AsyncIterable<Uint8Array> | undefined = first.body;
    for (let left = ATTEMPTS; next !== undefined; left--) {
      const before = check.size;
      try {
        for await (const bytes of next) {
          check.update(bytes);
          yield bytes;
        }
        checkLength(check.size, size);
        return;
      } catch (error) {
        if (check.size > before) left = ATTEMPTS;
        if (!isLost(error) || signal.aborted || left <= 1 || check.size > size) throw error;
        await pause(PAUSE_MS);
        next = check.size === size ? undefined : await openFrom(check.size);
      }
    }
  }

  const proof = async (): Promise<Proof> => {
    if ((await check.finish()) !== undefined) return 'wrong';
    return expected.checksum === undefined ? 'unverified' : 'verified';
  };
  return { facts: first.object, modifiedAt: modifiedAt(first.object, object), body: body(), proof };
}

function checkLength(read: number, size: number): void {
  if (read !== size) throw new StoreError('unavailable', `the vault sent ${read} of ${size} bytes`);
}

function isLost(error: unknown): boolean {
  return isStoreError(error, 'unavailable', 'throttled');
}
