import { readdirSync, readFileSync } from 'node:fs';
import { newestPerObject } from '@holdfast/core/kinds/s3/model/change.ts';
import { parseS3Event } from '@holdfast/core/kinds/s3/model/s3-event.ts';
import { compareSequencers } from '@holdfast/core/kinds/s3/model/sequencer.ts';
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

  it('of an access list has the version, and neither size nor place', () => {
    expect(parseS3Event(sample('09-eventbridge-acl-updated.json'))).toEqual([
      {
        bucket: 'photos',
        key: '2026/summer +1%20 é.jpg',
        kind: 'seen',
        acl: true,
        at: Date.parse('2026-03-01T12:00:00Z'),
        etag: 'b1946ac92492d2347c6235b4d2611184',
        versionId: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
      },
    ]);
  });

  it.each(['08-test-event.json'])('%s changes nothing', (name) => {
    expect(parseS3Event(sample(name))).toEqual([]);
  });
});

it('a thawed object is one to look at', () => {
  expect(parseS3Event(sample('04-eventbridge-restore-completed.json'))).toMatchObject([{ kind: 'seen' }]);
});

describe('an EventBridge event', () => {
  const event = (detailType: string, object: Record<string, unknown>, rest = {}) =>
    parseS3Event(
      JSON.stringify({
        source: 'aws.s3',
        'detail-type': detailType,
        time: '2026-03-01T12:00:00Z',
        detail: { bucket: { name: 'photos' }, object: { key: 'k', ...object } },
        ...rest,
      }),
    );
  const CHANGE = { bucket: 'photos', key: 'k', kind: 'created', at: Date.parse('2026-03-01T12:00:00Z') };

  it('without more than a key is a change all the same', () => {
    expect(event('Object Created', {})).toEqual([CHANGE]);
  });

  it('has its ETag without quotes', () => {
    expect(event('Object Created', { etag: '"abc"' })).toEqual([{ ...CHANGE, etag: 'abc' }]);
  });

  it.each([
    ['the version of a bucket without versions', { 'version-id': 'null' }],
    ['no version', { 'version-id': '' }],
    ['a sequencer that orders nothing', { sequencer: '0' }],
    ['no sequencer', { sequencer: '' }],
    ['no ETag', { etag: '' }],
  ])('leaves out what says nothing: %s', (_what, object) => {
    expect(event('Object Created', object)).toEqual([CHANGE]);
  });

  it('may be of no bytes', () => {
    expect(event('Object Created', { size: 0 })).toEqual([{ ...CHANGE, size: 0 }]);
  });

  it.each(['Object Tags Added', 'Object Tags Deleted'])('"%s" says that, and nothing of a write', (type) => {
    expect(event(type, {})).toMatchObject([{ key: 'k', kind: 'seen', tags: true }]);
  });

  it.each([
    ['a delete marker that was put', 'DeleteObject', 'Delete Marker Created', undefined],
    ['a version that was destroyed', 'DeleteObject', 'Permanently Deleted', true],
    ['a version that a lifecycle rule destroyed', 'Lifecycle Expiration', 'Permanently Deleted', undefined],
    ['what is not told', undefined, undefined, true],
  ])('of a deletion tells whether the object may be back: %s', (_what, reason, type, mayBeBack) => {
    const detail = { bucket: { name: 'photos' }, object: { key: 'k' }, reason, 'deletion-type': type };
    const [change] = event('Object Deleted', {}, { detail });
    expect(change).toMatchObject({ kind: 'deleted' });
    expect(change?.mayBeBack).toBe(mayBeBack);
  });

  it('of access lists says that, and nothing of a write', () => {
    expect(event('Object ACL Updated', {})).toMatchObject([{ key: 'k', kind: 'seen', acl: true }]);
  });

  it.each([
    ['from another service', {}, { source: 'aws.ec2' }],
    ['without a time', {}, { time: 'yesterday' }],
    ['without a key', { key: '' }, {}],
    ['with a size in words', { size: 'big' }, {}],
  ])('%s is refused', (_what, object, rest) => {
    expect(() => event('Object Created', object, rest)).toThrow(/not an S3 event/);
  });
});

describe('a classic notification', () => {
  const record = (eventName: string, object: Record<string, unknown> = {}, rest = {}) => ({
    eventSource: 'aws:s3',
    eventName,
    eventTime: '2026-03-01T12:00:00Z',
    s3: { bucket: { name: 'photos' }, object: { key: 'k', ...object } },
    ...rest,
  });
  const read = (...records: unknown[]) => parseS3Event(JSON.stringify({ Records: records }));

  it.each([
    ['ObjectCreated:Put', 'created'],
    ['s3:ObjectCreated:CompleteMultipartUpload', 'created'],
    ['s3:ObjectRemoved:DeleteMarkerCreated', 'deleted'],
    ['LifecycleExpiration:Delete', 'deleted'],
    ['ObjectRestore:Completed', 'seen'],
    ['s3:ObjectRestore:Completed', 'seen'],
  ])('%s speaks of one that is %s', (name, kind) => {
    expect(read(record(name))).toEqual([
      { bucket: 'photos', key: 'k', kind, at: Date.parse('2026-03-01T12:00:00Z') },
    ]);
  });

  it('ObjectRemoved:Delete speaks of one that is deleted, and may be back', () => {
    expect(read(record('ObjectRemoved:Delete'))).toMatchObject([{ kind: 'deleted', mayBeBack: true }]);
  });

  it.each(['ObjectTagging:Put', 's3:ObjectTagging:Delete'])('%s is a tagging', (name) => {
    expect(read(record(name))).toMatchObject([{ kind: 'seen', tags: true }]);
  });

  it('ObjectAcl:Put is of its access list', () => {
    expect(read(record('s3:ObjectAcl:Put'))).toMatchObject([{ kind: 'seen', acl: true }]);
  });

  it.each(['ObjectRestore:Post', 'Not:s3:ObjectCreated:Put'])('%s changes nothing', (name) => {
    expect(read(record(name))).toEqual([]);
  });

  it('has what is known of the object, and its key decoded', () => {
    const object = { key: 'a+b%2Bc%20d', size: 3, eTag: 'abc', versionId: 'v1', sequencer: '05' };
    expect(read(record('ObjectCreated:Put', object), record('ObjectRemoved:Delete'))).toMatchObject([
      { key: 'a b+c d', size: 3, etag: 'abc', versionId: 'v1', sequencer: '05' },
      { key: 'k', kind: 'deleted' },
    ]);
  });

  it('with a key that is no URL encoding is refused, with the key', () => {
    expect(() => read(record('ObjectCreated:Put', { key: '%zz' }))).toThrow('%zz');
  });

  it.each([
    ['from another service', record('ObjectCreated:Put', {}, { eventSource: 'aws:sns' })],
    ['without a time', record('ObjectCreated:Put', {}, { eventTime: 'yesterday' })],
    ['without a key', record('ObjectCreated:Put', { key: '' })],
  ])('%s is refused', (_what, one) => {
    expect(() => read(one)).toThrow(/not an S3 event/);
  });

  it.each([
    { Service: 'Amazon S3', Event: 's3:OtherEvent' },
    { Service: 'Amazon SNS', Event: 's3:TestEvent' },
  ])('that only looks like the one S3 tests a queue with is refused %#', (body) => {
    expect(() => parseS3Event(JSON.stringify(body))).toThrow(/not an S3 event/);
  });
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
    [undefined, '0055AED6', 'unknown'],
    ['0055AED6', undefined, 'unknown'],
    [undefined, undefined, 'unknown'],
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
    expect(newestPerObject([older, newer])).toEqual([newer]);
  });

  it.each([
    ['an equal sequencer', { sequencer: '01' }, { sequencer: '01' }],
    ['one sequencer missing', { sequencer: '09' }, {}],
    ['the other missing', {}, { sequencer: '01' }],
    ['both missing', {}, {}],
  ] as Array<[string, { sequencer?: string }, { sequencer?: string }]>)(
    'leave it to time with %s',
    (_what, first, second) => {
      const base = { bucket: 'b', key: 'k', kind: 'created' as const };
      const early = { ...base, ...first, at: 5 };
      const late = { ...base, ...second, at: 6 };
      const latest = first.sequencer === second.sequencer ? late : { ...base, at: 6 };
      expect(newestPerObject([early, late])).toEqual([latest]);
      expect(newestPerObject([late, early])).toEqual([latest]);
      const { at: _, ...untimed } = early;
      expect(newestPerObject([late, untimed])).toEqual([latest]);
      expect(newestPerObject([untimed, late])).toEqual([latest]);
    },
  );

  it('forgets of none that its object may be back', () => {
    const base = { bucket: 'photos', key: 'k' };
    const back = { ...base, kind: 'deleted', sequencer: '01', mayBeBack: true } as const;
    const newer = { ...base, kind: 'created', sequencer: '02' } as const;
    const merged = [{ ...newer, mayBeBack: true }];
    expect(newestPerObject([back, newer])).toEqual(merged);
    expect(newestPerObject([newer, back])).toEqual(merged);
    expect(newestPerObject([newer, { ...newer, sequencer: '03' }])).toEqual([{ ...newer, sequencer: '03' }]);
  });

  it('of two objects are not compared, whatever their names', () => {
    const one = { bucket: 'b', key: 'kk', kind: 'created' as const, at: 1 };
    const other = { bucket: 'bk', key: 'k', kind: 'created' as const, at: 2 };
    expect(newestPerObject([one, other])).toEqual([one, other]);
  });
});
