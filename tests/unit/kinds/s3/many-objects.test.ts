import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../../../testing/pipeline.ts';

it('the first reconcile captures 10,000 objects that were there before, over several steps and ranges', async () => {
  const pipeline = new Pipeline();
  await pipeline.protect();
  for (let i = 0; i < 10_000; i++) pipeline.s3.put(SOURCE, `o${String(i).padStart(6, '0')}`, `content ${i}`);
  pipeline.events.splice(0);
  const job = await pipeline.reconcile('r1', { trigger: 'protect' });
  expect(job).toMatchObject({ state: 'done', counts: { objects: 10_000, new: 10_000, captured: 10_000 } });
  expect(pipeline.s3.keys(VAULT).filter((key) => key.startsWith('s3/'))).toHaveLength(10_000);
  const source = await pipeline.catalog.getSource(sourceUri(SOURCE));
  expect(source?.totals).toMatchObject({ objects: 10_000, bytes: job.counts['bytes'] });
});
