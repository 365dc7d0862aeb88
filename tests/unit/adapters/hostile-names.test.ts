import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { parseS3Event } from '@holdfast/core/kinds/s3/model/s3-event.ts';
import { rowReader } from '@holdfast/core/kinds/workdocs/import/table-columns.ts';
import { type DocumentRecord, parseRecord, recordText } from '@holdfast/core/kinds/workdocs/model/records.ts';
import { siteQueueOf } from '@holdfast/core/kinds/workdocs/site-queue-of.ts';
import { codeOfException } from '@holdfast/core/kinds/workdocs/workdocs-exceptions.ts';
import { withDeletionTags, withoutDeletionTags } from '@holdfast/core/model/deletion-tags.ts';
import { compileFilter } from '@holdfast/core/model/filter.ts';
import { namedValues, namedValuesOf, tableOf } from '@holdfast/core/model/named-values.ts';
import { ownTags, withOrigin } from '@holdfast/core/model/origin.ts';
import { parseRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { meaningOf } from '@holdfast/core/report/problems.ts';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../testing/pipeline.ts';
import { cannedS3 } from '../../support/canned-s3.ts';

/** What every object has, whether somebody gave it or not; and some that nobody has. */
const HOSTILE = [...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'length', 'name', '0', '-1'];
const names = fc.oneof(fc.constantFrom(...HOSTILE), fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,12}$/));
const pairs = fc.uniqueArray(
  fc.tuple(
    names,
    fc.stringMatching(/^[ -~]{0,12}$/).map((text) => text.trim()),
  ),
  {
    selector: ([name]) => name.toLowerCase(),
    maxLength: 8,
  },
);
const RUNS = { seed: 41, numRuns: 300 };

const sorted = (given: Readonly<Record<string, unknown>> | undefined) => Object.entries(given ?? {}).sort();
const lower = (given: ReadonlyArray<readonly [string, string]>) =>
  given.map(([name, value]) => [name.toLowerCase(), value]).sort();

describe('names that every object has', () => {
  it('are values like others, there when given and not there when not', () => {
    fc.assert(
      fc.property(pairs, names, (given, asked) => {
        const values = namedValues(given);
        expect(Object.entries(values)).toEqual(Object.entries(Object.fromEntries(given)));
        expect(values[asked]).toBe(given.find(([name]) => name === asked)?.[1]);
        expect(tableOf(values).get(asked)).toBe(values[asked]);
        const parsed = v.parse(namedValuesOf(v.string()), JSON.parse(JSON.stringify(values)));
        expect(sorted(parsed)).toEqual(sorted(values));
      }),
      RUNS,
    );
  });

  it('are no entries of our own tables', () => {
    for (const name of HOSTILE) {
      expect(codeOfException(name)).toBeUndefined();
      expect(meaningOf(name)).toBeUndefined();
      expect(siteQueueOf(JSON.stringify({ kind: name }))).toBe('documents');
      const event = {
        'detail-type': name,
        source: 'aws.s3',
        time: '2026-03-01T12:00:00Z',
        detail: { bucket: { name: 'b' }, object: { key: name } },
      };
      expect(parseS3Event(JSON.stringify(event))).toEqual([]);
    }
  });

  it('are folders like others to a glob', () => {
    for (const name of HOSTILE) {
      const matches = compileFilter({ include: [`src/${name}/*.ts`] });
      expect([matches(`src/${name}/a.ts`), matches(`src/x${name}/a.ts`)]).toEqual([true, false]);
      expect(compileFilter({ include: ['src/?*/*.ts'] })(`src/${name}/a.ts`)).toBe(true);
      expect(compileFilter({ include: [`src/${name[0]}*/*.ts`] })(`src/${name}/a.ts`)).toBe(true);
    }
  });

  it('are unknown fields of a restore message', () => {
    for (const name of HOSTILE) {
      const body = `{"source":"s3://a","target":"s3://b",${JSON.stringify(name)}:{"exact":true}}`;
      expect(() => parseRestoreMessage(body, ADDRESSES)).toThrow(/not a restore request/);
    }
  });

  it('are metadata that a HEAD and a GET give back', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async (given) => {
        const own = given.map(([name, value]) => [`x-amz-meta-${name}`, value] as const);
        const headers = { ETag: '"e"', 'Content-Length': '2', ...Object.fromEntries(own) };
        const store = new S3ObjectStore(cannedS3([{ headers, body: 'ab' }]).client);

        const head = await store.head({ bucket: 'b', key: 'k' });
        const read = await store.open({ bucket: 'b', key: 'k' });
        for await (const _ of read.body);

        expect(sorted(head.found ? head.object.metadata : undefined)).toEqual(lower(given));
        expect(sorted(read.object.metadata)).toEqual(lower(given));
      }),
      { ...RUNS, numRuns: 60 },
    );
  });

  it('are metadata and tags that a copy in parts is begun with', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async (given) => {
        const begun = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>';
        const { client, requests } = cannedS3([{ body: begun }]);
        const values = namedValues(given);
        await new S3ObjectStore(client).beginMultipart({
          to: { bucket: 'b', key: 'k' },
          headers: {},
          metadata: values,
          tags: values,
        });

        const sent = Object.entries(requests[0]?.headers ?? {});
        const metadata = sent.flatMap(([name, value]) =>
          name.startsWith('x-amz-meta-') ? [[name.slice('x-amz-meta-'.length), value]] : [],
        );
        expect(metadata.sort()).toEqual(lower(given));
        const tags = new URLSearchParams(requests[0]?.headers['x-amz-tagging'] ?? '');
        expect([...tags].sort()).toEqual(sorted(values));
      }),
      { ...RUNS, numRuns: 60 },
    );
  });

  it('are tags that are read, and kept beside those of Holdfast', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async (given) => {
        const set = given.map(
          ([name, value]) => `<Tag><Key>${name}</Key><Value>${escaped(value)}</Value></Tag>`,
        );
        const body = `<Tagging><TagSet>${set.join('')}</TagSet></Tagging>`;
        const tags = await new S3ObjectStore(cannedS3([{ body }]).client).getTags({ bucket: 'b', key: 'k' });

        expect(sorted(tags)).toEqual([...given].sort());
        expect(sorted(withoutDeletionTags(withDeletionTags(tags, 0) ?? tags))).toEqual([...given].sort());
        const marked = withOrigin(tags, { storageClass: 'STANDARD_IA' } as never);
        expect(sorted(ownTags(marked))).toEqual([...given].sort());
      }),
      { ...RUNS, numRuns: 60 },
    );
  });

  it('are custom metadata, and columns, that the record of a site keeps', () => {
    fc.assert(
      fc.property(pairs, (given) => {
        const header = ['path', 'comment', ...given.map(([name]) => name)];
        const row = rowReader('comments', header)?.(['a', 'text', ...given.map(([, value]) => value)]);
        const extra = row?.kind === 'comments' ? row.comment.extra : undefined;
        const record = {
          format: 1,
          kind: 'document',
          site: 'd-1',
          id: '__proto__',
          name: 'constructor',
          customMetadata: namedValues(given),
          versions: [{ id: 'toString', comments: [{ id: 'c', ...(extra === undefined ? {} : { extra }) }] }],
        } as unknown as DocumentRecord;

        const back = parseRecord(recordText(record), 'k') as DocumentRecord;
        expect(sorted(back.customMetadata)).toEqual([...given].sort());
        expect(sorted(back.versions[0]?.comments?.[0]?.extra)).toEqual(sorted(extra));
        expect(recordText(back)).toBe(recordText(record));
      }),
      RUNS,
    );
  });

  it.each([
    ['in one copy', 10],
    ['in parts', 3_000],
  ])('come through capture and restore %s', async (_, size) => {
    await fc.assert(
      fc.asyncProperty(pairs, pairs, async (metadata, tags) => {
        const pipeline = new Pipeline({ settings: { multipartThresholdBytes: 1_024, partBytes: 1_024 } });
        await pipeline.protect();
        const attributes = {
          metadata: namedValues(metadata),
          tags: namedValues(tags.filter(([name]) => name !== '')),
        };
        pipeline.s3.put(SOURCE, '__proto__/constructor', 'x'.repeat(size), attributes);
        await pipeline.drain();
        await pipeline.restore('j');

        for (const [bucket, key] of [
          [VAULT, `s3/${SOURCE}/__proto__/constructor`],
          [TARGET, '__proto__/constructor'],
        ] as const) {
          const { content } = pipeline.s3.object(bucket, key);
          expect(sorted(content.metadata)).toEqual(lower(metadata));
          expect(sorted(ownTags(content.tags))).toEqual(sorted(attributes.tags));
        }
        expect(await pipeline.restore('again')).toMatchObject({ state: 'done', counts: { right: 1 } });
      }),
      { seed: 43, numRuns: 40, examples: [[[['__proto__', 'x']], [['__proto__', 'y']]]] },
    );
  });
});

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
