import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { parseRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../testing/pipeline.ts';

async function pipe(options: ConstructorParameters<typeof Pipeline>[0] = {}) {
  const p = new Pipeline(options);
  await p.protect();
  return p;
}

describe('what only real AWS does', () => {
  it('D24 the first reconcile after protect lives through IAM taking some seconds', async () => {
    const p = await pipe();
    p.s3.put(SOURCE, 'a', 'x');
    p.events.splice(0);
    let calls = 0;
    p.s3.requests.before = (op) => {
      if (op === 'list' && ++calls <= 2) throw new StoreError('access-denied', 'not yet');
    };
    expect((await p.reconcile('r1')).state).toBe('done');
  });

  it('D24b an event that meets IAM too early is captured when it comes again', async () => {
    const p = await pipe();
    p.s3.put(SOURCE, 'a', 'x');
    p.s3.deny(SOURCE);
    await p.deliverEvents();
    p.s3.allow(SOURCE);
    await p.drain();
    expect(p.vaultText('a')).toBe('x');
  });

  it('D25 an empty page that says there is more is not the end of a listing', async () => {
    const p = await pipe();
    for (const key of ['a', 'b']) p.s3.put(SOURCE, key, 'x');
    p.events.splice(0);
    const list = p.store.list.bind(p.store);
    let once = true;
    p.store.list = async (request) => {
      if (request.bucket !== SOURCE || !once) return list(request);
      once = false;
      return { objects: [], more: true };
    };
    const job = await p.reconcile('r1');
    expect({ state: job.state, a: p.vaultText('a') }).not.toEqual({ state: 'done', a: undefined });
  });
});

it('D26 an accepted restore request fits a row of the catalog', () => {
  const globs = Array.from({ length: 100 }, (_, n) => `${n}${'語'.repeat(1000)}`);
  const body = JSON.stringify({
    source: 's3://photos',
    target: 's3://other',
    include: globs,
    exclude: globs,
  });
  expect(Buffer.byteLength(body)).toBeLessThan(1024 * 1024);
  expect(() => parseRestoreMessage(body, ADDRESSES)).toThrow(/several requests/);
});

it('D27 a restore to a moment to come is refused: its history is not yet settled', async () => {
  const p = await pipe();
  p.s3.put(SOURCE, 'a', 'x');
  await p.drain();
  const job = await p.restore('j1', { at: new Date(p.now + 86_400_000).toISOString() });
  expect(job.state).toBe('failed');
});

it('D28 dead letters that are sent back mend what their killed handler left', async () => {
  const p = await pipe();
  p.s3.put(SOURCE, 'a', 'one');
  await p.drain();
  p.s3.delete(SOURCE, 'a');
  await p.drain();
  p.pass(10);
  p.s3.put(SOURCE, 'a', 'two');
  p.catalog.requests.before = (op) => {
    if (op === 'putEntry') throw new Error('killed');
  };
  for (let n = 0; n < 5; n++) await p.deliverEvents();
  p.catalog.requests.before = undefined;
  p.s3.delete(SOURCE, 'a');
  await p.drain();
  for (const { body } of p.dead.splice(0)) p.events.push(p.message(body)); // receive count begins anew
  await p.drain();
  expect(p.vaultText('a')).toBeUndefined();
});

it('D29 two deliveries of one large capture: the entry names the version on top', async () => {
  const KIB = 1024;
  const p = await pipe({ settings: { multipartThresholdBytes: 8 * KIB, partBytes: 4 * KIB } });
  p.s3.put(SOURCE, 'big', Buffer.alloc(9 * KIB, 'x'));
  const [event] = p.events.splice(0);
  let once = true;
  p.catalog.requests.before = async (op) => {
    if (op !== 'putEntry' || !once) return;
    once = false;
    await p.deliverEvents([p.message(event?.body ?? '')]);
  };
  await p.deliverEvents([p.message(event?.body ?? '')]);
  for (const body of p.queue.take('backlog').reverse()) await p.handle('backlog', p.message(body));
  await p.drain();
  expect((await p.entry('big')).vaultVersionId).toBe(p.s3.object(VAULT, 's3/photos/big').versionId);
});

it('D30 a plan step that stops earlier the second time does not end the job before its work', async () => {
  const p = await pipe({ settings: { keysPerStep: 5000 } });
  for (let i = 0; i < 2500; i++) p.s3.put(VAULT, `s3/photos/${String(i).padStart(5, '0')}`, 'x');
  p.pass(10);
  await p.queue.send('restore', [
    JSON.stringify({ source: sourceUri(SOURCE), target: sourceUri(TARGET), jobId: 'j1' }),
  ]);
  await p.handle('restore', p.message(p.queue.take('restore')[0] ?? ''));
  const plan = p.message(p.queue.take('restore')[0] ?? '');
  let once = true;
  p.catalog.requests.before = (op) => {
    if (op === 'completeStep' && once) {
      once = false;
      throw new Error('killed');
    }
  };
  await p.handle('restore', plan).catch(() => {}); // sent 25 batches, counted none
  // SQS keeps no order: the later ones are done first, the first ten stay in flight.
  const [early, late] = [p.queue.take('restoreWork', 10), p.queue.take('restoreWork')];
  for (const body of late) await p.handle('restoreWork', p.message(body));
  let short = true;
  p.delivery = ({ id, receives }) => ({
    messageId: id,
    receiveCount: receives,
    timeLeft: () => (short ? 1000 : 900_000),
  });
  await p.handle('restore', plan); // stops after 1,000 keys
  short = false;
  const second = p.queue.take('restoreWork');
  await p.drain();
  for (const body of [...early, ...second]) await p.handle('restoreWork', p.message(body));
  await p.drain();
  expect(p.s3.keys(TARGET).length).toBe(2500);
  const job = await p.job('j1');
  expect((job.counts['restored'] ?? 0) + (job.counts['right'] ?? 0)).toBe(job.counts['planned']);
});
