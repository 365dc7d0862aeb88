import { createHash } from 'node:crypto';
import { checksums } from '@holdfast/core/aws/checksums.ts';
import type { ObjectFacts } from '@holdfast/core/model/object.ts';
import {
  checkBytes,
  checkedBytes,
  type ExpectedBytes,
  expectedOf,
  WrongBytesError,
} from '@holdfast/core/vault/check-bytes.ts';
import { describe, expect, it } from 'vitest';

const md5 = createHash('md5').update('123456789').digest();
const RECORDED = { algorithm: 'CRC64NVME', value: Buffer.from('ae8b14860a799888', 'hex').toString('base64') };
const MD5 = { algorithm: 'MD5', value: md5.toString('base64') };

async function* bodyOf(...pieces: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

function facts(more: Partial<ObjectFacts> = {}): ObjectFacts {
  return {
    etag: md5.toString('hex'),
    size: 9,
    lastModified: 0,
    storageClass: 'STANDARD',
    archived: false,
    headers: {},
    metadata: {},
    tagCount: 0,
    ...more,
  };
}

describe('what bytes are held against', () => {
  it('is the checksum that was recorded, before all others', () => {
    const own = { algorithm: 'CRC32', value: 'AAAAAA==' };
    expect(expectedOf(facts({ checksum: own }), RECORDED, checksums).checksum).toEqual(RECORDED);
    expect(expectedOf(facts({ checksum: own }), undefined, checksums).checksum).toEqual(own);
  });

  it('is the ETag of what was written in one piece, encrypted by S3 itself or not at all', () => {
    expect(expectedOf(facts(), undefined, checksums).checksum).toEqual(MD5);
    expect(expectedOf(facts({ encryption: 'AES256' }), undefined, checksums).checksum).toEqual(MD5);
  });

  it.each([
    ['of many parts', { etag: `${'a'.repeat(32)}-2` }],
    ['encrypted with a KMS key', { encryption: 'aws:kms' }],
    ['encrypted twice with a KMS key', { encryption: 'aws:kms:dsse' }],
  ])('is nothing but the length for one %s', (_, more) => {
    expect(expectedOf(facts(more), undefined, checksums)).toEqual({ size: 9 });
  });

  it('is never a checksum that cannot be computed here', () => {
    const strange = { algorithm: 'XXHASH3', value: 'AAAA' };
    expect(expectedOf(facts({ checksum: strange }), undefined, checksums).checksum).toEqual(MD5);
  });
});

describe('checking bytes', () => {
  const right: ExpectedBytes = { size: 9, checksum: RECORDED };

  it('finds nothing wrong with the right ones', async () => {
    expect(await checkBytes(bodyOf('1234', '56789'), right, checksums)).toBeUndefined();
    expect(await checkBytes(bodyOf('1234', '56789'), { size: 9 }, checksums)).toBeUndefined();
  });

  it('says which checksum was expected, and which was found', async () => {
    expect(await checkBytes(bodyOf('123456780'), right, checksums)).toEqual({
      expected: `CRC64NVME ${RECORDED.value}`,
      found: expect.stringMatching(/^CRC64NVME (?!rosU)/),
    });
  });

  it.each([['12345678'], ['1234567890']])('says that there are too few or too many: %s', async (text) => {
    expect(await checkBytes(bodyOf(text), { size: 9 }, checksums)).toEqual({
      expected: '9 bytes',
      found: `${text.length} bytes`,
    });
  });

  it('passes bytes on as they come, and throws behind the last when they were wrong', async () => {
    const options = { checksums, what: 's3://photos/cat.jpg' };
    const passed: string[] = [];
    const read = async () => {
      for await (const bytes of checkedBytes(bodyOf('12', '3x', '56789'), right, options)) {
        passed.push(Buffer.from(bytes).toString());
      }
    };
    const error = await read().catch((thrown) => thrown);
    expect(passed).toEqual(['12', '3x', '56789']);
    expect(error).toBeInstanceOf(WrongBytesError);
    expect(error.message).toMatch(/^s3:\/\/photos\/cat\.jpg is damaged: it should have CRC64NVME/);
  });
});
