import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE } from '../../../../testing/pipeline.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

/** Lists the source and leaves what was found in the backlog, as a function would that is slow to come to it. */
async function listOnly(jobId: string): Promise<void> {
  const body = { kind: 'reconcile', source: sourceUri(SOURCE), trigger: 'manual', jobId };
  await pipeline.handle('reconcile', pipeline.message(JSON.stringify(body)));
}

describe('an object of which a reconcile saw no entry', () => {
  it('is captured without reading the catalog again', async () => {
    for (let n = 0; n < 250; n++) pipeline.s3.put(SOURCE, `o${n}`, `content ${n}`);
    pipeline.events.splice(0);
    pipeline.s3.requests.resetCounts();
    const job = await pipeline.reconcile('r1');
    expect(job.counts).toMatchObject({ new: 250, captured: 250 });
    const { getEntry = 0, putEntry } = pipeline.catalog.requests.counts();
    const { copy, head } = pipeline.s3.requests.counts();
    expect({ getEntry, putEntry, copy, head }).toEqual({ getEntry: 0, putEntry: 250, copy: 250, head: 250 });
  });

  it('is not captured twice when its event was faster', async () => {
    pipeline.s3.put(SOURCE, 'a', 'one');
    await listOnly('r1');
    await pipeline.deliverEvents();
    await pipeline.drain();
    expect(await pipeline.vaultHistory('a')).toEqual(['one']);
    expect((await pipeline.job('r1')).counts).toMatchObject({ alreadyCaptured: 1 });
  });

  it('ends as deleted when events captured and deleted it meanwhile', async () => {
    pipeline.s3.put(SOURCE, 'a', 'one');
    await listOnly('r1');
    await pipeline.deliverEvents();
    pipeline.pass(2);
    pipeline.s3.delete(SOURCE, 'a');
    pipeline.events.splice(0);
    await pipeline.drain();
    expect((await pipeline.entry('a')).state).toBe('deleted');
    expect(await pipeline.vaultHistory('a')).toEqual(['marker', 'one']);
  });

  it('is captured in its newest state when events captured an older one meanwhile', async () => {
    pipeline.s3.put(SOURCE, 'a', 'one');
    await listOnly('r1');
    await pipeline.deliverEvents();
    pipeline.pass(2);
    pipeline.s3.put(SOURCE, 'a', 'two');
    pipeline.events.splice(0);
    await pipeline.drain();
    expect(await pipeline.vaultHistory('a')).toEqual(['two', 'one']);
    const { state, rev } = await pipeline.entry('a');
    expect({ state, rev }).toEqual({ state: 'current', rev: 2 });
  });

  it('is looked up all the same when the batch comes again', async () => {
    pipeline.s3.put(SOURCE, 'a', 'one');
    pipeline.events.splice(0);
    let lost = false;
    pipeline.catalog.requests.after = (op) => {
      if (op !== 'putEntry' || lost) return;
      lost = true;
      throw new Error('the answer was lost');
    };
    const job = await pipeline.reconcile('r1');
    expect(job).toMatchObject({ state: 'done', counts: { alreadyCaptured: 1 } });
    expect(await pipeline.vaultHistory('a')).toEqual(['one']);
  });
});
