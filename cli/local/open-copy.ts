import { isStoreError, StoreError } from '@holdfast/core/model/errors.ts';
import type { ObjectFacts } from '@holdfast/core/model/object.ts';
import { expectedOf } from './checksums.ts';
import type { LocalWorld, SelectedObject } from './local-job.ts';

/** What is known of the bytes once they were read. */
export type Proof = 'verified' | 'unverified' | 'wrong';

/** A copy whose bytes are being read, once and in order. */
export type OpenCopy = {
  readonly facts: ObjectFacts;
  readonly body: AsyncIterable<Uint8Array>;
  /** After the last byte. */
  readonly proof: () => Promise<Proof>;
};

const ATTEMPTS = 4;
const PAUSE_MS = 500;

/**
 * Begins to read an object's copy. When the connection is lost on the way, it goes on from there.
 *
 * @throws StoreError, also while the body is read
 */
export async function openCopy(
  { vaultKey, version }: SelectedObject,
  { store, vault, signal, pause }: LocalWorld,
): Promise<OpenCopy> {
  const ref = { bucket: vault, key: vaultKey, versionId: version.versionId };
  const first = await store.open(ref, { signal });
  const { size } = first.object;
  const expected = expectedOf(first.object);
  const digest = expected?.digest();
  let read = 0;

  async function* body(): AsyncGenerator<Uint8Array> {
    let next: AsyncIterable<Uint8Array> | undefined = first.body;
    for (let left = ATTEMPTS; next !== undefined; left--) {
      const before = read;
      try {
        for await (const bytes of next) {
          read += bytes.length;
          digest?.update(bytes);
          yield bytes;
        }
        checkLength(read, size);
        return;
      } catch (error) {
        if (read > before) left = ATTEMPTS;
        if (!isLost(error) || signal.aborted || left <= 1 || read > size) throw error;
        await pause(PAUSE_MS);
        next = read === size ? undefined : (await store.open(ref, { signal, range: { first: read } })).body;
      }
    }
  }

  const proof = async (): Promise<Proof> => {
    if (expected === undefined || digest === undefined) return 'unverified';
    if ((await digest.result()) === expected.value) return 'verified';
    return expected.certain ? 'wrong' : 'unverified';
  };
  return { facts: first.object, body: body(), proof };
}

function checkLength(read: number, size: number): void {
  if (read !== size) throw new StoreError('unavailable', `the vault sent ${read} of ${size} bytes`);
}

function isLost(error: unknown): boolean {
  return isStoreError(error, 'unavailable', 'throttled');
}
