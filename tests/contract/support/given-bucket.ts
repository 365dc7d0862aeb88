import { s3Address } from '@holdfast/core/kinds/s3/address.ts';
import { s3History } from '@holdfast/core/kinds/s3/history.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { canonicalId } from '../../../testing/memory/s3-acls.ts';
import { Pipeline, SOURCE } from '../../../testing/pipeline.ts';
import { AWKWARD_KEYS } from '../../support/awkward-keys.ts';
import type { GivenKind, GivenSource, Item } from '../suites/source-kind/given.ts';

const keyOf = ({ group, name }: Item) => (group === '' ? name : `${group}/${name}`);

/** Buckets, captured by events. */
export const GIVEN_BUCKET: GivenKind = {
  kind: { address: s3Address, history: s3History },
  identity: 'key',
  uris: {
    's3://photos': { source: 's3://photos', prefix: '' },
    's3://photos/': { source: 's3://photos', prefix: '' },
    's3://photos/2026/a b%20c': { source: 's3://photos', prefix: '2026/a b%20c' },
    's3://photos//x': { source: 's3://photos', prefix: '/x' },
  },
  noUris: ['s3://', 's3:///key', 's3://No_Bucket', `s3://photos/${'k'.repeat(1025)}`],
  awkwardNames: AWKWARD_KEYS,
  neighbour: sourceUri(`${SOURCE}-2`),
  isItem: () => true,
  refused: [{ wish: { acls: true }, into: 'elsewhere' }],
  taken: [
    { wish: { acls: true }, into: 'bucket' },
    { wish: { exact: true }, into: 'bucket' },
    { wish: { exact: true }, into: 'elsewhere' },
    { wish: { versionId: 'v' }, into: 'bucket' },
  ],
  begin: async () => {
    const pipeline = new Pipeline({ settings: { tagCopyMaxBytes: 8 } });
    pipeline.s3.bucket(SOURCE).ownership = 'ObjectWriter';
    await pipeline.protect({ acls: { since: pipeline.now } });
    return givenBucket(pipeline);
  },
};

function givenBucket(pipeline: Pipeline): GivenSource {
  const { s3, world } = pipeline;
  return {
    source: sourceUri(SOURCE),
    world,
    s3,
    now: () => pipeline.now,
    pass: (ms) => pipeline.pass(ms / 1000),
    keyOf,
    prefixOf: (group) => `${group}/`,
    put: async (item, text) => void s3.put(SOURCE, keyOf(item), text),
    delete: async (item) => void s3.delete(SOURCE, keyOf(item)),
    rename: async (from, to) => {
      s3.put(SOURCE, keyOf(to), s3.text(SOURCE, keyOf(from)) ?? '');
      s3.delete(SOURCE, keyOf(from));
    },
    capture: () => pipeline.drain(),
    // Records beside copies: of tags, where the bytes are above the bound for another copy, and of an ACL.
    writeMore: async () => {
      await pipeline.capture({ tagged: 'more bytes than the bound' });
      pipeline.pass(60);
      s3.tag(SOURCE, 'tagged', { colour: 'red' });
      s3.grant(SOURCE, 'tagged', [{ to: canonicalId('444455556666'), may: 'READ' }]);
      await pipeline.drain();
    },
  };
}
