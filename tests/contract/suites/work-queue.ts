import type { QueueName } from '@holdfast/core/model/queues.ts';
import type { WorkQueue } from '@holdfast/core/ports/work-queue.ts';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AWKWARD_KEYS } from '../../support/awkward-keys.ts';

export type QueueWorld = {
  readonly queue: WorkQueue;
  /** Takes all that waits in a queue, in any order. */
  take(queue: QueueName): Promise<string[]>;
};

export function describeWorkQueue(name: string, makeWorld: () => QueueWorld | Promise<QueueWorld>): void {
  describe(`WorkQueue: ${name}`, () => {
    let world: QueueWorld;
    beforeAll(async () => {
      world = await makeWorld();
    });
    beforeEach(async () => {
      await world.take('capture');
    });

    async function expectThrough(bodies: readonly string[]): Promise<void> {
      await world.queue.send('capture', bodies);
      expect((await world.take('capture')).sort()).toEqual([...bodies].sort());
    }

    it('sends nothing at all', () => expectThrough([]));

    it('sends more than one batch holds', () =>
      expectThrough(Array.from({ length: 23 }, (_, n) => JSON.stringify({ n }))));

    it('sends messages that are large together', () =>
      expectThrough(Array.from({ length: 12 }, (_, n) => JSON.stringify({ n, text: 'ü'.repeat(50_000) }))));

    it('sends one of almost a mebibyte', () => expectThrough([JSON.stringify('x'.repeat(1_048_000))]));

    it('refuses what no queue takes', async () => {
      const send = world.queue.send('capture', [JSON.stringify('x'.repeat(1_048_600))]);
      await expect(send).rejects.toMatchObject({ remedy: 'fatal' });
    });

    it('carries keys of all kinds', async () => {
      const keys = [...AWKWARD_KEYS, '\uFFFE', '\uFFFF', '\u007F', '\uD800'];
      await world.queue.send(
        'capture',
        keys.map((key) => JSON.stringify({ key })),
      );
      const received = (await world.take('capture')).map((body) => JSON.parse(body).key);
      expect(received.sort()).toEqual(keys.sort());
    });

    it('keeps the queues apart', async () => {
      await world.queue.send('reconcile', ['"for reconcile"']);
      expect(await world.take('capture')).toEqual([]);
      expect(await world.take('reconcile')).toEqual(['"for reconcile"']);
    });
  });
}
