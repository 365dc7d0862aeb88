import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import type { Checksums, RunningChecksum } from '../ports/checksums.ts';

/** What Node can compute by itself, it does; the rest are the libraries that the SDK itself checks answers with. */
export const checksums: Checksums = { begin: (algorithm) => ALGORITHMS.get(algorithm)?.() };

const ALGORITHMS: ReadonlyMap<string, () => RunningChecksum> = new Map([
  ['CRC32', () => new RunningCrc32()],
  ['CRC32C', () => inBase64(new Crc32c())],
  ['CRC64NVME', () => inBase64(new Crc64Nvme())],
  ['MD5', () => hashed('md5')],
  ['SHA1', () => hashed('sha1')],
  ['SHA256', () => hashed('sha256')],
  ['SHA512', () => hashed('sha512')],
]);

class RunningCrc32 implements RunningChecksum {
  #crc = 0;

  update(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
  }

  async digest(): Promise<string> {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#crc);
    return bytes.toString('base64');
  }
}

type Library = { update(bytes: Uint8Array): void; digest(): Promise<Uint8Array> };

function inBase64(library: Library): RunningChecksum {
  return {
    update: (bytes) => library.update(bytes),
    digest: async () => Buffer.from(await library.digest()).toString('base64'),
  };
}

function hashed(name: string): RunningChecksum {
  const hash = createHash(name);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: async () => hash.digest('base64'),
  };
}
