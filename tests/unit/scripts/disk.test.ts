import { describe, expect, it } from 'vitest';
import { assertFreeSpace, freeBytes, isDiskFull } from '../../../scripts/lib/disk.ts';
import { givenDirectory } from './support.ts';

describe('the disk', () => {
  it('is measured where the files will be', async () => {
    const directory = await givenDirectory();
    expect(await freeBytes(directory)).toBeGreaterThan(0);
    await expect(assertFreeSpace(directory, 1)).resolves.toBeUndefined();
    await expect(assertFreeSpace(directory, Number.MAX_SAFE_INTEGER)).rejects.toThrow(directory);
  });

  it.each([
    ['OSError: [Errno 28] No space left on device', true],
    [Object.assign(new Error('write'), { code: 'ENOSPC' }), true],
    [new Error('write'), false],
    ['no matching distribution', false],
  ])('was full, from %s: %s', (failure, full) => {
    expect(isDiskFull(failure)).toBe(full);
  });
});
