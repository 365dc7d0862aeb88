import { emptyMessage, heldMessage, isHeld } from '@holdfast/core/kinds/workdocs/capture/held.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { describe, expect, it } from 'vitest';

const job = (counts: Record<string, number>, more: Partial<Job> = {}): Job => ({
  ...{ id: 'c', kind: 'reconcile', source: 'workdocs://site', state: 'running', phase: 'deletions' },
  ...{ trigger: 'schedule', startedAt: 0, openRanges: 0, batchesQueued: 0, batchesDone: 0 },
  ...more,
  counts,
});
const LISTED = { users: 1, documents: 1, documentEntries: 1 };

describe('what a crawl did not find is held', () => {
  it.each([
    ['as many as always are allowed', { ...LISTED, gone: 10, entries: 20 }, false],
    ['more than are always allowed', { ...LISTED, gone: 11, entries: 20 }, true],
    ['more, of how many is not known', { ...LISTED, gone: 11 }, true],
    ['a tenth', { ...LISTED, gone: 30, entries: 300 }, false],
    ['more than a tenth', { ...LISTED, gone: 31, entries: 300 }, true],
    ['little, of a site without users and documents', { gone: 1, entries: 3 }, true],
    [
      'little, where no document is listed any more',
      { users: 1, documentEntries: 1, gone: 1, entries: 3 },
      true,
    ],
    [
      'little, where all documents lie in the bin',
      { users: 1, documentEntries: 2, recycled: 1, gone: 1 },
      false,
    ],
    ['little, of as many documents as lie in the bin', { ...LISTED, recycled: 1, gone: 1 }, false],
    ['little, where nobody had a document', { users: 1, gone: 1, entries: 3 }, false],
    ['nothing', { entries: 3 }, false],
  ])('%s', (_, counts, held) => {
    expect(isHeld(job(counts))).toBe(held);
  });

  it('not when a person approved', () => {
    expect(isHeld(job({ gone: 500, entries: 500 }, { approved: true }))).toBe(false);
  });
});

describe('a person is told', () => {
  it('how many are held, and what the site listed', () => {
    expect(heldMessage(job({ gone: 11, entries: 20, users: 3 }))).toContain(
      '11 of 20 users, folders and documents',
    );
    expect(heldMessage(job({ gone: 11, entries: 20, users: 3 }))).toContain('the site listed 3 users');
    expect(heldMessage(job({ gone: 11, entries: 20 }))).toContain('the site listed no users at all');
  });

  it('of a site without users, unless a person approved of that', () => {
    expect(emptyMessage(job({}))).toContain('nothing of it is protected');
    expect(emptyMessage(job({}, { approved: true }))).toBeUndefined();
    expect(emptyMessage(job({ users: 1 }))).toBeUndefined();
  });
});
