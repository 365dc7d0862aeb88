// Defects that were found by asking why a wrong variant of the code passed every test.
import { findMiddle } from '@holdfast/core/kinds/s3/reconcile/split-range.ts';
import { describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../../testing/pipeline.ts';

const KIB = 1024;
const BODY = Buffer.alloc(25 * KIB, 'abcdefgh');

describe('a large copy that ends', () => {
  it('M01 below a copy that somebody made meanwhile and never recorded is not taken for the one on top', async () => {
    const p = new Pipeline({
      versioned: true,
      settings: { multipartThresholdBytes: 10 * KIB, partBytes: 4 * KIB },
    });
    await p.protect();
    p.s3.put(SOURCE, 'big', BODY);
    await p.deliverEvents();
    const [slow = ''] = p.queue.take('backlog');
    p.pass(10);
    const small = p.s3.put(SOURCE, 'big', 'small');
    p.catalog.requests.before = (op) => {
      if (op === 'putEntry') throw new Error('killed');
    };
    for (let n = 0; n < 5; n++) await p.deliverEvents(); // copied each time, recorded never: a dead letter
    p.catalog.requests.before = undefined;
    p.pass(10);
    p.s3.deleteVersion(SOURCE, 'big', small.versionId); // the large version is the current one again
    await p.handle('backlog', p.message(slow));
    await p.drain();
    p.pass(3600);
    await p.reconcile('r1');
    const top = p.s3.object(VAULT, 's3/photos/big');
    expect(top.content.body.equals(BODY)).toBe(true);
    expect(await p.entry('big')).toMatchObject({ state: 'current', vaultVersionId: top.versionId });
  });
});

it('M02 the rest of a source with a prefix is cut in two ranges, like that of a whole bucket', async () => {
  const p = new Pipeline();
  for (const key of ['a/x', 'photos/1', 'photos/9', 'photos/a', 'photos/z', 'q/x'])
    p.s3.put(SOURCE, key, 'x');
  const range = { after: 'photos/1' };
  const cut = await findMiddle(SOURCE, 'photos/', range, p.world);
  expect(cut).toMatch(/^photos\/[2-z]/);
});

it('M03 an object that went away between listing and capture is not counted as captured already', async () => {
  const p = new Pipeline();
  await p.protect();
  p.s3.put(SOURCE, 'a', 'x');
  p.s3.requests.after = (op) => {
    if (op === 'list' && p.s3.keys(SOURCE).includes('a')) p.s3.delete(SOURCE, 'a');
  };
  p.events.splice(0);
  const { counts } = await p.reconcile('r1');
  expect(counts).toMatchObject({ new: 1, vanished: 1 });
  expect(counts).not.toHaveProperty('alreadyCaptured');
});
