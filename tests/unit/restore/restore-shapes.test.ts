import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { checkRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { makePlan } from '@holdfast/core/restore/make-plan.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumOf } from '../../../testing/memory/s3-version.ts';
import { Pipeline, SOURCE, TARGET } from '../../../testing/pipeline.ts';

async function given(): Promise<Pipeline> {
  const pipeline = new Pipeline();
  await pipeline.protect();
  return pipeline;
}

function planOf(pipeline: Pipeline, extra: Record<string, unknown>) {
  const message = { source: sourceUri(SOURCE), target: sourceUri(TARGET), ...extra };
  return makePlan({ ...checkRestoreMessage(message, ADDRESSES), at: pipeline.now }, pipeline.world);
}

describe('a plan into a bucket says what the run does', () => {
  const object = fc.record({
    key: fc.constantFrom('photos/', 'photos/a', 'photos/b', 'photos/c', 'photos//'),
    copy: fc.constantFrom('one', 'two', 'three', ''),
    there: fc.option(fc.constantFrom('one', 'two', 'three', '')),
    metadata: fc.constantFrom<Record<string, string>>({}, { mtime: '1500000000' }),
    metadataThere: fc.constantFrom<Record<string, string>>({}, { mtime: '1500000000' }),
    later: fc.boolean(),
  });
  const mapping = fc.constantFrom(
    {},
    { stripPrefix: 'photos/' },
    { map: [{ from: 'photos/', to: '' }] },
    { map: [{ from: 'photos/', to: 'x' }] },
  );

  it('whatever is there, whatever is asked, and where keys come to nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(object, { selector: ({ key }) => key, minLength: 1 }),
        mapping,
        fc.constantFrom('never', 'older', 'always'),
        fc.boolean(),
        async (objects, how, overwrite, verify) => {
          const pipeline = await given();
          const to = (key: string) =>
            'map' in how || 'stripPrefix' in how
              ? (how.map?.[0]?.to ?? '') + key.slice('photos/'.length)
              : key;
          for (const { key, there, metadataThere, later } of objects)
            if (!later && there !== null && to(key) !== '')
              pipeline.s3.put(TARGET, to(key), there, { metadata: metadataThere });
          pipeline.pass(60);
          for (const { key, copy, metadata } of objects) pipeline.s3.put(SOURCE, key, copy, { metadata });
          await pipeline.drain();
          pipeline.pass(60);
          for (const { key, there, metadataThere, later } of objects)
            if (later && there !== null && to(key) !== '')
              pipeline.s3.put(TARGET, to(key), there, { metadata: metadataThere });
          const extra = { prefix: 'photos/', ...how, overwrite, verify };

          const plan = await planOf(pipeline, extra);
          const { counts } = await pipeline.restore('j1', extra);

          expect({
            restored: plan.fresh.objects + plan.overwritten.objects,
            right: plan.right.objects,
            conflicts: plan.conflicts.objects,
            failed: plan.failed.objects,
          }).toEqual({
            restored: counts['restored'] ?? 0,
            right: counts['right'] ?? 0,
            conflicts: counts['conflicts'] ?? 0,
            failed: counts['failed'] ?? 0,
          });
          if (overwrite !== 'always') return;
          for (const { key, copy } of objects)
            if (to(key) !== '')
              expect(pipeline.s3.object(TARGET, to(key)).content.body.toString()).toBe(copy);
        },
      ),
      { seed: 21, numRuns: 150 },
    );
  });
});

describe('the marker of the target itself', () => {
  it('is nothing to restore by message, counted and noted', async () => {
    const pipeline = await given();
    await pipeline.capture({ 'photos/': '', 'photos/a': 'x' });
    const job = await pipeline.restore('j1', { prefix: 'photos/', stripPrefix: 'photos/', verify: true });
    expect(job).toMatchObject({ state: 'done', counts: { restored: 1, right: 1, notes: 1 } });
    expect(job.counts['failed'] ?? 0).toBe(0);
  });

  it('with content has no place, in plan and run', async () => {
    const pipeline = await given();
    await pipeline.capture({ 'photos/': 'content', 'photos/a': 'x' });
    const extra = { prefix: 'photos/', stripPrefix: 'photos/' };
    expect(await planOf(pipeline, extra)).toMatchObject({
      fresh: { objects: 1 },
      failed: { objects: 1, problems: [{ key: 'photos/', reason: 'key-empty' }] },
    });
    expect(await pipeline.restore('j1', extra)).toMatchObject({
      state: 'partial',
      counts: { restored: 1, failed: 1 },
    });
  });
});

describe('a restore that reads back', () => {
  it('mends bytes at the target that S3 says are right, with leave to overwrite', async () => {
    const pipeline = await given();
    await pipeline.capture({ a: 'right' });
    await pipeline.restore('j1', {});
    const { content } = pipeline.s3.object(TARGET, 'a');
    const whole = content.body;
    content.recorded = checksumOf(whole);
    content.body = Buffer.from('wrong');

    const kept = await pipeline.restore('j2', { verify: true });
    expect(kept).toMatchObject({ state: 'partial', counts: { failed: 1 } });
    const mended = await pipeline.restore('j3', { verify: true, overwrite: 'always' });

    expect(mended).toMatchObject({ state: 'done', counts: { restored: 1, verified: 1 } });
    expect(pipeline.s3.object(TARGET, 'a').content.body.toString()).toBe(whole.toString());
  });
});
