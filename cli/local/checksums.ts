import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import type { ObjectFacts } from '@holdfast/core/model/object.ts';

/** Bytes go in, what S3 would say of them comes out. */
export type Digest = { update(bytes: Uint8Array): void; result(): Promise<string> };

/** What an object's bytes can be compared with. */
export type Expected = { readonly digest: () => Digest; readonly value: string; readonly certain: boolean };

const BY_ALGORITHM: Readonly<Record<string, () => Digest>> = {
  CRC64NVME: () => ofAws(new Crc64Nvme()),
  CRC32C: () => ofAws(new Crc32c()),
  CRC32: nodeCrc32,
  SHA256: () => ofNode('sha256', 'base64'),
  SHA512: () => ofNode('sha512', 'base64'),
  SHA1: () => ofNode('sha1', 'base64'),
  MD5: () => ofNode('md5', 'base64'),
};

/**
 * The checksum over the whole object, else an ETag that is an MD5. That it is one cannot be told from the ETag of a
 * KMS-encrypted object: there, being equal proves the bytes, and being different nothing.
 */
export function expectedOf({ checksum, etag }: Pick<ObjectFacts, 'checksum' | 'etag'>): Expected | undefined {
  const digest = checksum && BY_ALGORITHM[checksum.algorithm];
  if (checksum !== undefined && digest !== undefined) return { digest, value: checksum.value, certain: true };
  if (!/^[0-9a-f]{32}$/.test(etag)) return undefined;
  return { digest: () => ofNode('md5', 'hex'), value: etag, certain: false };
}

function ofNode(algorithm: string, encoding: 'base64' | 'hex'): Digest {
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), result: async () => hash.digest(encoding) };
}

function ofAws(checksum: Crc64Nvme | Crc32c): Digest {
  return {
    update: (bytes) => checksum.update(bytes),
    result: async () => Buffer.from(await checksum.digest()).toString('base64'),
  };
}

function nodeCrc32(): Digest {
  let crc = 0;
  return {
    update: (bytes) => {
      crc = crc32(bytes, crc);
    },
    result: async () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc);
      return bytes.toString('base64');
    },
  };
}
