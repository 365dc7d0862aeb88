import { toStoreError } from '@holdfast/core/aws/s3-errors.ts';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { emptyLag } from '@holdfast/core/model/lag.ts';
import { respond } from '@holdfast/core/runtime/sqs-batch.ts';
import type { SQSEvent } from 'aws-lambda';
import { expect, it } from 'vitest';
import { s3Standing } from '../../../cli/kinds/s3/standing.ts';
import { sourceJson } from '../../../operations/sources/source-json.ts';
import { MemoryTelemetry } from '../../../testing/memory/memory-telemetry.ts';
import { Pipeline, SOURCE, TARGET } from '../../../testing/pipeline.ts';
import { cannedS3, errorXml } from '../../support/canned-s3.ts';

const unavailable = () => new StoreError('unavailable', 'injected');

it('F1 an object that cannot be restored yet does not hold up the others of its batch', async () => {
  const p = new Pipeline({ settings: { concurrency: 1 } });
  await p.protect();
  for (const key of ['a', 'b', 'c']) p.s3.put(SOURCE, key, key);
  await p.drain();
  let failures = 1;
  p.s3.requests.before = (op) => {
    if (op === 'copy' && failures-- > 0) throw unavailable();
  };
  await p.queue.send('restore', [
    JSON.stringify({ source: 's3://photos', target: `s3://${TARGET}`, jobId: 'j' }),
  ]);
  const [request = ''] = p.queue.take('restore');
  await p.handle('restore', p.message(request));
  const [plan = ''] = p.queue.take('restore');
  await p.handle('restore', p.message(plan));
  const [batch = ''] = p.queue.take('restoreWork');
  await expect(p.handle('restoreWork', p.message(batch))).rejects.toThrow(/1 of 3 objects of the restore j/);
  expect(['a', 'b', 'c'].map((key) => p.s3.text(TARGET, key))).toEqual([undefined, 'b', 'c']);
});

it('F2 a large copy that is given up while S3 refuses everything still gets its reason', async () => {
  const p = new Pipeline({ settings: { multipartThresholdBytes: 10, partBytes: 4 } });
  await p.protect();
  p.s3.put(SOURCE, 'big', 'longer than ten bytes');
  await p.deliverEvents();
  p.s3.requests.before = (op) => {
    if (op === 'copyPart' || op === 'abortMultipart') throw unavailable();
  };
  await p.drain();
  expect(p.dead).toHaveLength(1);
  expect(await p.entry('big')).toMatchObject({ state: 'unprotected', reason: 'failed', detail: 'injected' });
});

it.each([
  [
    'a copy',
    (store: S3ObjectStore) => store.copy({ from: { bucket: 'b', key: 'k' }, to: { bucket: 'v', key: 'k' } }),
  ],
  [
    'a part',
    (store: S3ObjectStore) =>
      store.copyPart(
        { bucket: 'v', key: 'k', uploadId: 'u' },
        { number: 1, from: { bucket: 'b', key: 'k', ifMatch: 'e' }, first: 0, last: 1 },
      ),
  ],
  [
    'a completed upload',
    (store: S3ObjectStore) =>
      store.completeMultipart({ bucket: 'v', key: 'k', uploadId: 'u' }, [{ number: 1, etag: 'e' }]),
  ],
])('F3 status 200 with an error behind which anything follows is no success of %s', async (_, write) => {
  const { client } = cannedS3([{ status: 200, body: `${errorXml('InternalError')}\n` }]);
  await expect(write(new S3ObjectStore(client))).rejects.toMatchObject({
    code: 'unavailable',
    remedy: 'retry',
  });
});

it('F4 a HEAD that was refused without words is told of by its status', () => {
  const error = Object.assign(new Error('UnknownError'), {
    name: 'Unknown',
    $metadata: { httpStatusCode: 503 },
  });
  expect(toStoreError(error, 'head s3://b/k').message).toBe(
    'head s3://b/k: Unknown: answered with status 503',
  );
});

it('F5 no more messages are postponed at a time than there are connections', async () => {
  let atOnce = 0;
  let most = 0;
  const postpone = async () => {
    most = Math.max(most, ++atOnce);
    await new Promise(setImmediate);
    atOnce--;
  };
  const ids = Array.from({ length: 100 }, (_, n) => `m${n}`);
  const Records = ids.map((messageId) => ({ messageId, attributes: {}, messageAttributes: {} }));
  const options = { postpone, retryBaseSeconds: 5, concurrency: 16, telemetry: new MemoryTelemetry() };
  const answer = await respond({ Records } as unknown as SQSEvent, ids, options);
  expect(answer.batchItemFailures).toHaveLength(100);
  expect(most).toBe(16);
});

it('F6 totals that lost answers made negative are shown as none', async () => {
  const p = new Pipeline();
  await p.protect();
  const source = 's3://photos';
  const totals = { objects: 0, bytes: 0, unprotected: -2, captured: 0, deleted: 0 };
  await p.catalog.addActivity(source, { totals, lag: emptyLag() });
  const row = await p.catalog.getSource(source);
  expect(row?.totals.unprotected).toBe(-2);
  expect(row && sourceJson(row, undefined, p.now, s3Standing)).toMatchObject({ objects: 0, unprotected: 0 });
});
