import { checksums } from '@holdfast/core/aws/checksums.ts';
import { describe, expect, it } from 'vitest';

// The check values of the CRC catalogue, and what every md5sum, sha1sum … says of the same nine bytes.
const KNOWN = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  MD5: '25f9e794323b453885f5181f1b624d0b',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
};

describe('checksums', () => {
  it.each(Object.entries(KNOWN))('computes %s as everybody does, in pieces too', async (name, hex) => {
    const running = checksums.begin(name);
    for (const piece of ['1', '2345678', '', '9']) running?.update(Buffer.from(piece));
    expect(await running?.digest()).toBe(Buffer.from(hex, 'hex').toString('base64'));
  });

  it('has SHA512, and nothing for what it cannot compute', () => {
    expect(checksums.begin('SHA512')).toBeDefined();
    expect(checksums.begin('XXHASH3')).toBeUndefined();
  });
});
