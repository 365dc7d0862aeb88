import { readdirSync, readFileSync } from 'node:fs';
import { newestPerObject } from '@holdfast/core/model/change.ts';
import { parseS3Event } from '@holdfast/core/model/s3-event.ts';
import { compareSequencers } from '@holdfast/core/model/sequencer.ts';
import { describe, expect, it } from 'vitest';

const EVENTS = new URL('../../../events/', import.meta.url);
const sample = (name: string) => readFileSync(new URL(name, EVENTS), 'utf8');

describe('the sample events', () => {
  it.each(readdirSync(EVENTS).filter((name) => /^(0\d|1\d)-/.test(name)))('%s is read', (name) => {
    expect(() => parseS3Event(sample(name))).not.toThrow();
  });

  it('of EventBridge hold the key as it is', () => {
    expect(parseS3Event(sample('01-eventbridge-created.json'))).toEqual([
      {
        bucket: 'photos',
        key: '2026/summer +1%20 é.jpg',
        kind: 'created',
        at: Date.parse('2026-03-01T12:00:00Z'),
        etag: 'b1946ac92492d2347c6235b4d2611184',
        size: 6,
        versionId: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
        sequencer: '00617F08299329D189',
      },
    ]);
  });

  it('of classic notifications hold it URL-encoded', () => {
    expect(parseS3Event(sample('05-classic-created.json'))).toMatchObject([
      { bucket: 'photos', key: '2026/summer +1%20 é.jpg', kind: 'created', size: 6 },
      { bucket: 'photos', key: 'second.jpg', kind: 'created' },
    ]);
  });

  it.each([
    '02-eventbridge-deleted.json',
    '03-eventbridge-lifecycle-expiration.json',
    '06-classic-removed.json',
    '07-classic-lifecycle-expiration.json',
  ])('%s speaks of a deletion', (name) => {
    expect(parseS3Event(sample(name)).map(({ kind }) => kind)).toEqual(['deleted']);
  });

  it.each(['08-test-event.json'])('%s changes nothing', (name) => {
    expect(parseS3Event(sample(name))).toEqual([]);
  });
});

it('a thawed object is one to look at', () => {
  expect(parseS3Event(sample('04-eventbridge-restore-completed.json'))).toMatchObject([{ kind: 'seen' }]);
});

describe('what is no S3 event', () => {
  it.each(['', 'text', '{}', '[]', 'null', '{"Records":[{"eventSource":"aws:sns"}]}', '{"source":"aws.s3"}'])(
    '%j is refused',
    (body) => {
      expect(() => parseS3Event(body)).toThrow(/not (an S3 event|JSON)/);
    },
  );
});

describe('sequencers', () => {
  it.each([
    ['0055AED6DCD90281E5', '0055AED6DCD90281E6', 'older'],
    ['0055aed6dcd90281e6', '0055AED6DCD90281E5', 'newer'],
    ['0055aed6', '0055AED6', 'same'],
    ['55AED6', '0055AED6DC', 'unknown'],
  ])('%s against %s is %s', (left, right, order) => {
    expect(compareSequencers(left, right)).toBe(order);
  });

  it('decide which of several changes of an object is looked at, and time where they cannot', () => {
    const base = { bucket: 'b', key: 'k', kind: 'created' as const };
    const older = { ...base, sequencer: '01', at: 5 };
    const newer = { ...base, sequencer: '02', at: 4 };
    const longer = { ...base, sequencer: '0003', at: 6 };
    expect(newestPerObject([newer, older])).toEqual([newer]);
    expect(newestPerObject([older, newer, { ...base, key: 'other' }])).toHaveLength(2);
    // Which of the two is newer nobody can say: by its time, and without the sequencer that would claim to know.
    const { sequencer: _, ...asked } = longer;
    expect(newestPerObject([newer, longer])).toEqual([asked]);
    expect(newestPerObject([longer, newer])).toEqual([asked]);
  });
});
