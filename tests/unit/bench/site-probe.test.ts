import { describe, expect, it } from 'vitest';
import { planTree, readTree } from '../../../bench/restore/site-probe.ts';

describe('the tree of a large site', () => {
  it('is read with one GET for each record, and a LIST for a thousand', async () => {
    // Eleven folders and the root, one user; three listings of documents and as many of bytes.
    expect(await readTree(2_200)).toEqual({ documents: 2_200, gets: 2_213, listings: 9 });
  });

  it('is planned in one step by a function', async () => {
    expect(await planTree(2_200)).toMatchObject({ documents: 2_200 });
  });
});
