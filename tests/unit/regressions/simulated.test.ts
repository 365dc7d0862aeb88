import { checksums } from '@holdfast/core/aws/checksums.ts';
import { reindex } from '@holdfast/core/catalog/reindex.ts';
import { cancelJob } from '@holdfast/core/jobs/cancel-job.ts';
import { KINDS } from '@holdfast/core/kinds/all.ts';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import { s3History } from '@holdfast/core/kinds/s3/history.ts';
import { settleReconcile } from '@holdfast/core/kinds/s3/reconcile/settle-reconcile.ts';
import type { ExtrasStep } from '@holdfast/core/model/messages.ts';
import { handleRestoreWork } from '@holdfast/core/restore/handle-restore-work.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { isObject } from '../../../testing/memory/s3-version.ts';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../testing/pipeline.ts';

// What random histories found (npm run simulate), each as short as it could be told.
let pipeline: Pipeline;

beforeEach(async () => {
  pipeline = new Pipeline({ versioned: true });
  await pipeline.protect();
});

function onTop(): string | undefined {
  return pipeline.s3.bucket(VAULT).current('s3/photos/a.txt')?.versionId;
}

describe('one event, delivered twice at the same time', () => {
  it('S1: leaves the entry with the copy on top, though the second handler dies before it can record', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    const first = pipeline.events.splice(0);
    const second = first.map((message) => ({ ...message, receives: 1 }));
    let raced = false;
    pipeline.catalog.requests.before = async (op) => {
      if (op !== 'putEntry') return;
      if (raced) throw new Error('killed');
      raced = true;
      // While the first handler is about to record, the second one does all it can.
      await pipeline.deliverEvents(second);
      pipeline.catalog.requests.before = undefined;
    };
    await pipeline.deliverEvents(first);
    expect((await pipeline.entry('a.txt')).vaultVersionId).toBe(onTop());
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['one']);
  });

  it('S2: does not hide a change that was undone, when the second handler copied it and died', async () => {
    const one = pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.drain();
    const two = pipeline.s3.put(SOURCE, 'a.txt', 'two');
    const event = pipeline.events.splice(0);
    // A handler copies the second state and dies; a double of its message is done by nobody.
    pipeline.catalog.requests.before = (op) => {
      if (op === 'putEntry') throw new Error('killed');
    };
    await pipeline.deliverEvents(event);
    pipeline.catalog.requests.before = undefined;
    pipeline.events.splice(0);
    expect(pipeline.vaultText('a.txt')).toBe('two');
    pipeline.s3.deleteVersion(SOURCE, 'a.txt', two.versionId);
    await pipeline.drain();
    expect(pipeline.s3.object(SOURCE, 'a.txt').versionId).toBe(one.versionId);
    expect(pipeline.vaultText('a.txt')).toBe('one');
    expect((await pipeline.entry('a.txt')).vaultVersionId).toBe(onTop());
  });
});

describe('a copy that was made and never recorded', () => {
  it('S3: is taken for what it is, also when it was made in parts', async () => {
    const small = new Pipeline({ settings: { multipartThresholdBytes: 8, partBytes: 4 } });
    await small.protect();
    small.s3.put(SOURCE, 'large.bin', 'sixteen bytes ..', { tags: { kept: 'yes' } });
    let killed = false;
    small.catalog.requests.before = (op, args) => {
      const { state } = (args[0] ?? {}) as { state?: string };
      if (op !== 'putEntry' || state !== 'current' || killed) return;
      killed = true;
      throw new Error('killed');
    };
    await small.drain();
    expect((await small.entry('large.bin')).state).toBe('current');
    expect(await small.vaultHistory('large.bin')).toEqual(['sixteen bytes ..']);
  });

  it('S4: is made again when it is not the same in every field', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one', { tags: { of: 'the source' } });
    pipeline.s3.put(VAULT, 's3/photos/a.txt', 'one', { tags: { of: 'another' } });
    await pipeline.drain();
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['one', 'one']);
    expect(pipeline.s3.object(VAULT, 's3/photos/a.txt').content.tags).toEqual({ of: 'the source' });
  });
});

describe('one batch with events that their sequencers do not order', () => {
  it('S5: does not take the double of an old event for the newest, and drop the new one with it', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    const first = pipeline.events.splice(0);
    const double = first.map(({ body }) => pipeline.message(body));
    await pipeline.deliverEvents(first);
    pipeline.s3.put(SOURCE, 'a.txt', 'two');
    const second = pipeline.events.splice(0).map(({ body }) => {
      const event = JSON.parse(body) as { detail: { object: { sequencer: string } } };
      event.detail.object.sequencer += '00';
      return pipeline.message(JSON.stringify(event));
    });
    await pipeline.deliverEvents([...double, ...second]);
    expect(pipeline.vaultText('a.txt')).toBe('two');
  });
});

describe('one message with two handlers at a time, of which the one that counted dies before it sent', () => {
  /** Lets a second handler do the message while the first is at a request, and dies where it is told to. */
  async function twins(queue: 'reconcile' | 'restore', body: string): Promise<void> {
    const message = pipeline.message(body);
    const twin = { ...message, receives: 1 };
    let dying = false;
    pipeline.catalog.requests.before = async (op) => {
      if (op !== 'completeStep' || dying) return;
      dying = true;
      // The twin counts the step, and is killed at what it sends.
      pipeline.queue.requests.before = () => {
        throw new Error('killed');
      };
      await pipeline.handle(queue, twin).catch(() => {});
      pipeline.queue.requests.before = undefined;
    };
    await pipeline.handle(queue, message);
    pipeline.catalog.requests.before = undefined;
    await pipeline.drain();
  }

  it('S6: a reconcile goes on all the same', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    pipeline.events.splice(0);
    await twins(
      'reconcile',
      JSON.stringify({ kind: 'reconcile', source: 's3://photos', trigger: 'manual', jobId: 'r1' }),
    );
    expect((await pipeline.job('r1')).state).toBe('done');
    expect(pipeline.vaultText('a.txt')).toBe('one');
  });

  it('S7: and so does a restore', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.drain();
    const request = { source: 's3://photos', target: `s3://${TARGET}`, jobId: 'x1' };
    await pipeline.queue.send('restore', [JSON.stringify(request)]);
    const [accepted] = pipeline.queue.take('restore');
    await pipeline.handle('restore', pipeline.message(accepted ?? ''));
    const [plan] = pipeline.queue.take('restore');
    await twins('restore', plan ?? '');
    expect((await pipeline.job('x1')).state).toBe('done');
    expect(pipeline.s3.text(TARGET, 'a.txt')).toBe('one');
  });

  it('S8: a reconcile that had gone on to its deletions marks them all the same', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.drain();
    pipeline.s3.delete(SOURCE, 'a.txt');
    pipeline.events.splice(0);
    const body = { kind: 'reconcile', source: 's3://photos', trigger: 'manual', jobId: 'r1' };
    const message = pipeline.message(JSON.stringify(body));
    let entered = false;
    pipeline.catalog.requests.before = async (op) => {
      if (op !== 'enterDeletions' || entered) return;
      entered = true;
      await pipeline.catalog.enterDeletions('r1', message.id, 'compare');
    };
    let killed = false;
    pipeline.queue.requests.before = (_op, [queue]) => {
      if (queue !== 'reconcile' || killed || !entered) return;
      killed = true;
      throw new Error('killed');
    };
    await pipeline.handle('reconcile', message).catch(() => {});
    // The other handler comes to its end after that, with the message's first delivery in its hand.
    await settleReconcile('r1', pipeline.world, { receiveCount: 1, messageId: message.id });
    await pipeline.drain();
    expect((await pipeline.job('r1')).state).toBe('done');
    expect((await pipeline.entry('a.txt')).state).toBe('deleted');
  });
});

describe('an object in parts', () => {
  let parts: Pipeline;

  beforeEach(async () => {
    parts = new Pipeline({ settings: { multipartThresholdBytes: 8, partBytes: 4 } });
    await parts.protect();
    parts.s3.put(SOURCE, 'large.bin', 'sixteen bytes ..');
  });

  it('S9: is begun when the answer of its record was lost, and the SDK asked again', async () => {
    const { catalog } = parts;
    const put = catalog.putEntry.bind(catalog);
    let lost = false;
    catalog.putEntry = async (entry, rev) => {
      const answer = await put(entry, rev);
      if (lost) return answer;
      lost = true;
      return false;
    };
    await parts.drain();
    expect((await parts.entry('large.bin')).state).toBe('current');
    expect(parts.vaultText('large.bin')).toBe('sixteen bytes ..');
  });

  it('S10: goes on when who began it died before it said so, and its message is with another already', async () => {
    const events = parts.events.splice(0);
    parts.queue.requests.before = () => {
      throw new Error('killed');
    };
    await parts.deliverEvents(events.map((event) => ({ ...event, receives: 1 })));
    parts.queue.requests.before = undefined;
    parts.events.splice(0);
    expect((await parts.entry('large.bin')).reason).toBe('copying');
    await parts.deliverEvents(events.map((event) => ({ ...event, receives: 0 })));
    await parts.drain();
    expect((await parts.entry('large.bin')).state).toBe('current');
  });
});

describe('an object that is deleted while a handler that saw it is about to copy it', () => {
  /** Delivers the creation, and, at a request of its handler, deletes the object and delivers that. */
  async function deletedAt(
    world: Pipeline,
    op: 'copy' | 'beginMultipart',
    text: string,
    when: 'before' | 'after' = 'before',
  ): Promise<void> {
    world.s3.put(SOURCE, 'a.txt', text);
    world.s3.requests[when] = async (asked) => {
      if (asked !== op) return;
      world.s3.requests[when] = undefined;
      // S3 does not copy what is gone: where there are versions, the one that was seen is there still.
      world.s3.delete(SOURCE, 'a.txt');
      await world.deliverEvents();
    };
    await world.deliverEvents();
    expect(world.s3.requests[when]).toBeUndefined();
    await world.drain();
  }

  it('S22: is not recorded as current', async () => {
    await deletedAt(pipeline, 'copy', 'one');
    expect((await pipeline.entry('a.txt')).state).toBe('deleted');
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['marker', 'one']);
  });

  it.each([false, true])(
    'S22: nor when it had been deleted before (constant sequencers: %s)',
    async (same) => {
      const world = new Pipeline({ versioned: true, constantSequencer: same });
      await world.protect();
      world.s3.put(SOURCE, 'a.txt', 'one');
      await world.deliverEvents();
      world.s3.delete(SOURCE, 'a.txt');
      await world.drain();
      world.pass(60);
      await deletedAt(world, 'copy', 'two');
      expect((await world.entry('a.txt')).state).toBe('deleted');
      expect((await world.vaultHistory('a.txt'))[0]).toBe('marker');
    },
  );

  it('S22: nor when it was copied already, and its deletion says the sequencer of an earlier one', async () => {
    const same = new Pipeline({ constantSequencer: true });
    await same.protect();
    same.s3.put(SOURCE, 'a.txt', 'one');
    await same.deliverEvents();
    same.s3.delete(SOURCE, 'a.txt');
    await same.drain();
    same.pass(60);
    same.s3.put(SOURCE, 'a.txt', 'two');
    same.catalog.requests.before = async (op) => {
      if (op !== 'putEntry') return;
      same.catalog.requests.before = undefined;
      same.s3.delete(SOURCE, 'a.txt');
      await same.deliverEvents();
    };
    await same.drain();
    expect(same.catalog.requests.before).toBeUndefined();
    expect((await same.entry('a.txt')).state).toBe('deleted');
    expect((await same.vaultHistory('a.txt'))[0]).toBe('marker');
  });

  it('S22: nor when it had been deleted before in the same second, and its deletion passes for a double', async () => {
    const same = new Pipeline({ constantSequencer: true });
    await same.protect();
    same.s3.put(SOURCE, 'a.txt', 'one');
    await same.deliverEvents();
    same.s3.delete(SOURCE, 'a.txt');
    await same.deliverEvents();
    await deletedAt(same, 'copy', 'two', 'after');
    expect((await same.entry('a.txt')).state).toBe('deleted');
    expect((await same.vaultHistory('a.txt'))[0]).toBe('marker');
  });

  it('S22: nor begun to be copied in parts', async () => {
    const world = new Pipeline({ versioned: true, settings: { multipartThresholdBytes: 8, partBytes: 4 } });
    await world.protect();
    await deletedAt(world, 'beginMultipart', 'sixteen bytes ..');
    expect((await world.entry('a.txt')).state).toBe('deleted');
    expect(await world.vaultHistory('a.txt')).toEqual([]);
    expect(world.queue.requests.count('send')).toBe(0);
  });

  it('S22: nor recorded as failed, when its handler gave up after that', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    const [creation] = pipeline.events.splice(0);
    if (creation === undefined) throw new Error('no event');
    pipeline.s3.requests.before = async (op) => {
      if (op !== 'copy') return;
      pipeline.s3.requests.before = undefined;
      pipeline.s3.delete(SOURCE, 'a.txt');
      await pipeline.deliverEvents();
      throw new Error('timed out');
    };
    await pipeline.deliverEvents([{ ...creation, receives: pipeline.world.settings.maxReceives - 1 }]);
    expect(pipeline.s3.requests.before).toBeUndefined();
    expect((await pipeline.entry('a.txt')).state).toBe('deleted');
  });

  it('S22: and never counts for an object that the vault had', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    pipeline.s3.delete(SOURCE, 'a.txt');
    const [, deletion] = pipeline.events.splice(0);
    await pipeline.deliverEvents(deletion === undefined ? [] : [deletion]);
    expect(await pipeline.entry('a.txt')).toMatchObject({ state: 'deleted', rev: 1 });
    const totals = (await pipeline.catalog.getSource(`s3://${SOURCE}`))?.totals;
    expect(totals).toMatchObject({ objects: 0, unprotected: 0, captured: 0, deleted: 0 });
    const states = s3History.statesAt({ source: `s3://${SOURCE}`, prefix: '' }, pipeline.now, pipeline.world);
    expect(await Array.fromAsync(states)).toEqual([]);
  });
});

describe('an object that comes back while the handler of its deletion is about to hide its copy', () => {
  /** Delivers a deletion, and, when its handler is about to hide the copy, destroys the marker and delivers that. */
  async function backAt(world: Pipeline, op: 'hide' | 'putEntry'): Promise<void> {
    world.s3.delete(SOURCE, 'a.txt');
    const deletion = world.events.splice(0);
    const { requests } = op === 'hide' ? world.s3 : world.catalog;
    requests.before = async (asked: string) => {
      if (asked !== op) return;
      requests.before = undefined;
      const [marker] = world.s3.bucket(SOURCE).versions('a.txt');
      world.s3.deleteVersion(SOURCE, 'a.txt', marker?.versionId ?? '');
      await world.deliverEvents();
    };
    await world.deliverEvents(deletion);
    expect(requests.before).toBeUndefined();
  }

  it.each([false, true])('S23: stays there (constant sequencers: %s)', async (same) => {
    const world = new Pipeline({ versioned: true, constantSequencer: same });
    await world.protect();
    world.s3.put(SOURCE, 'a.txt', 'one');
    await world.drain();
    await backAt(world, 'hide');
    await world.drain();
    expect((await world.entry('a.txt')).state).toBe('current');
    expect(world.vaultText('a.txt')).toBe('one');
  });

  it.each([0, 60])(
    'S23: nor is it hidden when it was put again after %i s, and passes for a double',
    async (seconds) => {
      const world = new Pipeline({ constantSequencer: true });
      await world.protect();
      world.s3.put(SOURCE, 'a.txt', 'one');
      await world.deliverEvents();
      world.s3.delete(SOURCE, 'a.txt');
      const deletion = world.events.splice(0);
      world.s3.requests.before = async (asked) => {
        if (asked !== 'hide') return;
        world.s3.requests.before = undefined;
        world.pass(seconds);
        world.s3.put(SOURCE, 'a.txt', 'one');
        await world.deliverEvents();
      };
      await world.deliverEvents(deletion);
      await world.drain();
      expect(world.s3.requests.before).toBeUndefined();
      expect((await world.entry('a.txt')).state).toBe('current');
      expect(world.vaultText('a.txt')).toBe('one');
    },
  );

  it('S23: and goes on being copied in parts, by the upload that was begun', async () => {
    const world = new Pipeline({ versioned: true, settings: { multipartThresholdBytes: 8, partBytes: 4 } });
    await world.protect();
    world.s3.put(SOURCE, 'a.txt', 'sixteen bytes ..');
    await world.deliverEvents();
    const { uploadId } = await world.entry('a.txt');
    await backAt(world, 'putEntry');
    expect(await world.entry('a.txt')).toMatchObject({ state: 'unprotected', reason: 'copying', uploadId });
    await world.drain();
    expect(await world.vaultHistory('a.txt')).toEqual(['sixteen bytes ..']);
  });
});

it('S11: a deletion that was seen before an object came back does not mark the copy that was made since', async () => {
  pipeline.s3.put(SOURCE, 'a.txt', 'one');
  pipeline.s3.delete(SOURCE, 'a.txt');
  const [, deletion] = pipeline.events.splice(0);
  let back = false;
  pipeline.s3.requests.before = async (op, [ref]) => {
    const { bucket } = ref as { bucket?: string };
    if (op !== 'head' || bucket !== VAULT || back) return;
    back = true;
    // Between the look at the source and the one at the vault, the object comes back and is captured.
    pipeline.s3.put(SOURCE, 'a.txt', 'two');
    await pipeline.deliverEvents();
  };
  await pipeline.deliverEvents(deletion === undefined ? [] : [deletion]);
  pipeline.s3.requests.before = undefined;
  await pipeline.drain();
  expect(await pipeline.vaultHistory('a.txt')).toEqual(['two']);
});

it('S12: a copy is never made on top of what was captured after its source was looked at', async () => {
  pipeline.s3.put(SOURCE, 'a.txt', 'sealed', { customerKey: true });
  await pipeline.drain();
  pipeline.s3.put(SOURCE, 'a.txt', 'one');
  const first = pipeline.events.splice(0);
  let overtaken = false;
  pipeline.s3.requests.before = async (op, [ref]) => {
    const { bucket } = ref as { bucket?: string };
    if (op !== 'head' || bucket !== VAULT || overtaken) return;
    overtaken = true;
    pipeline.s3.put(SOURCE, 'a.txt', 'two');
    await pipeline.deliverEvents();
  };
  await pipeline.deliverEvents(first);
  pipeline.s3.requests.before = undefined;
  await pipeline.drain();
  expect(await pipeline.vaultHistory('a.txt')).toEqual(['two']);
});

it('S13: a delete marker that is destroyed is no double of the deletion, where all events say one sequencer', async () => {
  const same = new Pipeline({ versioned: true, constantSequencer: true });
  await same.protect();
  same.s3.put(SOURCE, 'a.txt', 'one');
  same.s3.delete(SOURCE, 'a.txt');
  for (const event of same.events.splice(0)) await same.deliverEvents([event]);
  expect((await same.entry('a.txt')).state).toBe('deleted');
  const [marker] = same.s3.bucket(SOURCE).versions('a.txt');
  same.s3.deleteVersion(SOURCE, 'a.txt', marker?.versionId ?? '');
  await same.drain();
  expect((await same.entry('a.txt')).state).toBe('current');
  expect(same.vaultText('a.txt')).toBe('one');
});

it('S14: a vault that does not let us look is not taken for an empty one', async () => {
  pipeline.s3.put(SOURCE, 'a.txt', 'one');
  const [created] = pipeline.events.splice(0);
  // The first handler dies between copy and record.
  pipeline.catalog.requests.before = (op) => {
    if (op === 'putEntry') throw new Error('killed');
  };
  await pipeline.deliverEvents(created === undefined ? [] : [created]);
  pipeline.catalog.requests.before = undefined;
  pipeline.s3.delete(SOURCE, 'a.txt');
  // Its message comes again while the vault refuses: for a moment only.
  const vault = pipeline.s3.bucket(VAULT);
  const looks: string[] = [];
  vault.deniedKeys.add(`s3/${SOURCE}/a.txt`);
  pipeline.s3.requests.after = (op, [ref]) => {
    if (op !== 'head' || (ref as { bucket?: string }).bucket !== VAULT) return;
    looks.push(op);
    vault.deniedKeys.clear();
  };
  await pipeline.drain();
  expect(looks.length).toBeGreaterThan(0);
  expect((await pipeline.vaultHistory('a.txt'))[0]).toBe('marker');
});

describe('a large object that is put again within the second, the same bytes with other metadata and tags', () => {
  const first = { metadata: { of: 'the first' }, tags: { of: 'the first' } };
  const second = { metadata: { of: 'the second' }, tags: { of: 'the second' } };
  const TEXT = 'sixteen bytes ..';

  async function protectedWith(constantSequencer: boolean): Promise<Pipeline> {
    const parts = new Pipeline({
      constantSequencer,
      settings: { multipartThresholdBytes: 8, partBytes: 4 },
    });
    await parts.protect();
    parts.s3.put(SOURCE, 'large.bin', TEXT, first);
    return parts;
  }

  /** The metadata and the tags of every copy there ever was. */
  function copies({ s3 }: Pipeline) {
    const kept = s3.bucket(VAULT).versions('s3/photos/large.bin').filter(isObject);
    return kept.map(({ content: { metadata, tags } }) => ({ metadata, tags }));
  }

  it.each([
    ['where all events say one sequencer', true, false],
    ['where its event is lost', false, true],
  ])(
    'S15: is not captured with metadata and tags of two states, %s',
    async (_, constantSequencer, isLost) => {
      const parts = await protectedWith(constantSequencer);
      let putAgain = false;
      parts.s3.requests.before = (op) => {
        if (op !== 'getTags' || putAgain) return;
        putAgain = true;
        parts.s3.put(SOURCE, 'large.bin', TEXT, second);
        if (isLost) parts.events.splice(0);
      };
      await parts.drain();
      expect(putAgain).toBe(true);
      expect((await parts.entry('large.bin')).state).toBe('current');
      expect(copies(parts)).toEqual([second]);
    },
  );

  it('S21: nor remembered beside its copy with the tags of the second', async () => {
    const parts = await protectedWith(true);
    parts.s3.requests.after = (op) => {
      if (op !== 'completeMultipart') return;
      parts.s3.requests.after = undefined;
      parts.s3.put(SOURCE, 'large.bin', TEXT, second);
    };
    await parts.drain();
    expect(parts.s3.requests.after).toBeUndefined();
    const beside = parts.s3.keys(VAULT).filter((key) => key.startsWith('s3/photos~tags/'));
    expect([copies(parts), beside]).toEqual([[first], []]);
  });

  it('S21: nor with those of a state in between, when it is put a third time as it was first', async () => {
    const parts = await protectedWith(true);
    const { requests } = parts.s3;
    requests.after = (done) => {
      if (done !== 'completeMultipart') return;
      requests.after = undefined;
      requests.before = (asked) => {
        if (asked !== 'getTags') return;
        requests.before = undefined;
        parts.s3.put(SOURCE, 'large.bin', TEXT, { metadata: second.metadata });
        requests.after = (read) => {
          if (read !== 'getTags') return;
          requests.after = undefined;
          parts.s3.put(SOURCE, 'large.bin', TEXT, first);
        };
      };
    };
    await parts.drain();
    expect([requests.before, requests.after]).toEqual([undefined, undefined]);
    const beside = parts.s3.keys(VAULT).filter((key) => key.startsWith('s3/photos~tags/'));
    expect([copies(parts), beside]).toEqual([[first], []]);
  });

  it('S15: nor with the tags of a state in between, when it is put a third time as it was first', async () => {
    const parts = await protectedWith(true);
    const { requests } = parts.s3;
    const putOnce = (when: 'before' | 'after', attributes: { metadata: Record<string, string> }) => {
      requests[when] = (op) => {
        if (op !== 'getTags') return;
        requests[when] = undefined;
        parts.s3.put(SOURCE, 'large.bin', TEXT, attributes);
      };
    };
    putOnce('before', { metadata: second.metadata });
    putOnce('after', first);
    await parts.drain();
    expect(requests.after).toBeUndefined();
    expect(copies(parts)).toEqual([first]);
  });

  it('S15: nor as it was first, when its copy had begun and the event passes for a double', async () => {
    const parts = await protectedWith(true);
    await parts.deliverEvents();
    const { uploadId } = await parts.entry('large.bin');
    parts.s3.put(SOURCE, 'large.bin', TEXT, second);
    const steps = parts.queue.take('backlog');
    await parts.deliverEvents();
    // The first copy is not brought to its end, which can take hours, for nothing.
    expect((await parts.entry('large.bin')).uploadId).not.toBe(uploadId);
    await parts.drain();
    // The message of the copy that was begun first comes late.
    await parts.queue.send('backlog', steps);
    await parts.drain();
    expect((await parts.entry('large.bin')).state).toBe('current');
    expect(copies(parts)).toEqual([second]);
  });
});

describe('a message that was decided about, by a handler that died before it did what follows', () => {
  const URI = `s3://${SOURCE}`;
  const die = () => {
    throw new Error('killed');
  };

  /** Lets a handler die at the first request of one kind, then has its message come again when access is otherwise. */
  async function diesAt(
    requests: { before: unknown },
    body: object,
    state: 'protected' | 'unprotected',
  ): Promise<string> {
    const message = pipeline.message(JSON.stringify(body));
    requests.before = die;
    await pipeline.handle('restore', message).catch(() => {});
    requests.before = undefined;
    await pipeline.catalog.patchSource('s3://other', { state });
    await pipeline.handle('restore', message);
    await pipeline.drain();
    return message.id;
  }

  const reportOf = async (id: string) =>
    JSON.parse(pipeline.s3.text(VAULT, (await pipeline.job(id)).report ?? '') ?? '{}') as object;
  const toOther = { source: URI, target: 's3://other', jobId: 'x1' };
  const dyingAtEnd = () => {
    const hooks = { before: undefined as unknown };
    pipeline.catalog.requests.before = (op) => {
      if (op === 'finishJob' && hooks.before !== undefined) die();
    };
    return hooks;
  };

  beforeEach(async () => {
    pipeline.s3.createBucket('other');
    await pipeline.capture({ 'a.txt': 'one' });
    const row = await pipeline.catalog.getSource(URI);
    if (row === undefined) throw new Error('no source');
    await pipeline.catalog.putSource({ ...row, source: 's3://other' });
  });

  it('S17: a restore that was accepted goes on, though it would be refused by now', async () => {
    await diesAt(pipeline.queue.requests, toOther, 'unprotected');
    expect((await pipeline.catalog.listJobs()).map(({ id, state }) => [id, state])).toEqual([['x1', 'done']]);
    expect(pipeline.s3.text('other', 'a.txt')).toBe('one');
    expect(await reportOf('x1')).toMatchObject({ state: 'done' });
  });

  it('S17: and so does one that was resumed', async () => {
    await pipeline.queue.send('restore', [JSON.stringify(toOther)]);
    await pipeline.handle('restore', pipeline.message(pipeline.queue.take('restore')[0] ?? ''));
    await cancelJob('x1', undefined, pipeline.world, JOBS);
    await pipeline.drain();
    await diesAt(pipeline.queue.requests, { resume: 'x1' }, 'unprotected');
    expect((await pipeline.catalog.listJobs()).map(({ id, state }) => [id, state])).toEqual([
      ['x1', 'cancelled'],
      ['x1.2', 'done'],
    ]);
    expect(await reportOf('x1.2')).toMatchObject({ state: 'done' });
  });

  it('S17: one that was refused ends with its own reason, though it would be accepted by now', async () => {
    await pipeline.catalog.patchSource('s3://other', { state: 'unprotected' });
    await diesAt(dyingAtEnd(), toOther, 'protected');
    const [job, ...more] = await pipeline.catalog.listJobs();
    expect(more).toEqual([]);
    expect(job).toMatchObject({ id: 'x1', state: 'failed' });
    expect(job?.message).toContain('RestoreTargets');
    expect(await reportOf('x1')).toMatchObject({ state: 'failed' });
  });

  it('S17: and so does one that was not to be resumed', async () => {
    await pipeline.queue.send('restore', [JSON.stringify(toOther)]);
    await pipeline.handle('restore', pipeline.message(pipeline.queue.take('restore')[0] ?? ''));
    await cancelJob('x1', undefined, pipeline.world, JOBS);
    await pipeline.catalog.patchSource('s3://other', { state: 'unprotected' });
    const id = await diesAt(dyingAtEnd(), { resume: 'x1' }, 'protected');
    expect((await pipeline.catalog.listJobs()).map((job) => [job.id, job.state])).toEqual([
      ['x1', 'cancelled'],
      [`restore-${id}`, 'failed'],
    ]);
    expect(await reportOf(`restore-${id}`)).toMatchObject({ state: 'failed' });
  });
});

it('S18: the report of a job is written whose last message was with two handlers, and the one that ended it died', async () => {
  const body = { kind: 'reconcile', source: `s3://${SOURCE}`, trigger: 'manual', jobId: 'r1' };
  const message = pipeline.message(JSON.stringify(body));
  const twin = { ...message, receives: 1 };
  let begun = false;
  pipeline.catalog.requests.before = async (op) => {
    if (op !== 'completeStep' || begun) return;
    begun = true;
    pipeline.queue.requests.before = (_, [queue]) => {
      if (queue === 'report') throw new Error('killed');
    };
    await pipeline.handle('reconcile', twin).catch(() => {});
    pipeline.queue.requests.before = undefined;
  };
  await pipeline.handle('reconcile', message);
  await pipeline.drain();
  const { state, report } = await pipeline.job('r1');
  expect(state).toBe('done');
  expect(pipeline.s3.text(VAULT, report ?? '')).toContain('"done"');
});

it('S19: of two handlers that end a step of an exact restore at different places, one goes on', async () => {
  await pipeline.capture({ a: 'own' });
  pipeline.s3.put(TARGET, 'a', 'own');
  for (let n = 0; n < 200; n++) pipeline.s3.put(TARGET, `extra${1000 + n}`, 'x');
  const request = { source: `s3://${SOURCE}`, target: `s3://${TARGET}`, jobId: 'x1', exact: true };
  await pipeline.queue.send('restore', [JSON.stringify(request)]);
  const world = { ...pipeline.world, checksums };
  const whole = pipeline.delivery.bind(pipeline);
  pipeline.delivery = (message) => ({ ...whole(message), timeLeft: () => 0 });
  let begun = false;
  pipeline.catalog.requests.before = async (op, [step]) => {
    if (op !== 'completeStep' || begun || (step as { step: string }).step !== 'extras-count-0') return;
    begun = true;
    // The same message with another handler, which has time to count all of it.
    const body: ExtrasStep = { kind: 'extras', jobId: 'x1', step: '0', pass: 'count' };
    const delivery = { messageId: 'twin', receiveCount: 2, timeLeft: () => 900_000 };
    await handleRestoreWork(JSON.stringify(body), delivery, world);
  };
  await pipeline.drain();
  expect(await pipeline.job('x1')).toMatchObject({ state: 'done', counts: { extras: 200, deleted: 200 } });
  expect(pipeline.s3.keys(TARGET)).toEqual(['a']);
});

it('S20: a report that was made before a batch was counted does not stay when it comes late', async () => {
  await pipeline.capture({ a: 'own' });
  const request = { source: `s3://${SOURCE}`, target: `s3://${TARGET}`, jobId: 'x1' };
  await pipeline.handle('restore', pipeline.message(JSON.stringify(request)));
  await cancelJob('x1', undefined, pipeline.world, JOBS);
  const [first] = pipeline.queue.take('report');
  let overtaken = false;
  pipeline.s3.requests.before = async (op, [ref]) => {
    if (op !== 'put' || overtaken || !(ref as { key: string }).key.startsWith('reports/')) return;
    overtaken = true;
    const step = { jobId: 'x1', step: 'batch-0', progress: { counts: { restored: 1 } } };
    await pipeline.catalog.completeStep({ ...step, problems: [], continuations: [] });
    await pipeline.handle('report', pipeline.message(first ?? ''));
  };
  await pipeline.handle('report', pipeline.message(first ?? ''));
  const { report } = await pipeline.job('x1');
  expect(JSON.parse(pipeline.s3.text(VAULT, report ?? '') ?? '{}')).toMatchObject({
    counts: { restored: 1 },
  });
});

describe('an object that is not in the vault as it is now', () => {
  it('S24: is not taken for captured by a reindex that finds a copy nobody recorded', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    pipeline.catalog.requests.before = (op) => {
      if (op === 'putEntry') throw new Error('killed');
    };
    await pipeline.deliverEvents(pipeline.events.splice(0));
    pipeline.catalog.requests.before = undefined;
    pipeline.s3.transition(SOURCE, 'a.txt', 'GLACIER');
    pipeline.s3.tag(SOURCE, 'a.txt', { n: '1' });
    await pipeline.drain();
    const before = await pipeline.entry('a.txt');
    expect(before).toMatchObject({ state: 'unprotected', reason: 'archived' });
    expect(pipeline.vaultText('a.txt')).toBe('one');
    await Array.fromAsync(reindex({ dryRun: false }, KINDS, pipeline.world));
    const { vaultVersionId, ...entry } = await pipeline.entry('a.txt');
    expect(entry).toMatchObject({ state: 'unprotected', reason: 'archived', rev: before.rev + 1 });
    expect(vaultVersionId).toBe(onTop());
    const [again] = await Array.fromAsync(reindex({ dryRun: false }, KINDS, pipeline.world));
    expect(again).toMatchObject({ keys: 1, written: 0, right: 1 });
  });

  it('S24: nor for deleted, where it was and came back in a state that cannot be read', async () => {
    await pipeline.capture({ 'a.txt': 'one' });
    pipeline.s3.delete(SOURCE, 'a.txt');
    await pipeline.drain();
    pipeline.s3.put(SOURCE, 'a.txt', 'sealed', { customerKey: true });
    await pipeline.drain();
    const before = await pipeline.entry('a.txt');
    expect(before).toMatchObject({ state: 'unprotected', reason: 'customer-key' });
    const [summary] = await Array.fromAsync(reindex({ dryRun: false }, KINDS, pipeline.world));
    expect(summary).toMatchObject({ right: 1 });
    expect(await pipeline.entry('a.txt')).toEqual(before);
  });
});
