import type { EventWiring } from '@holdfast/core/ports/event-wiring.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RuleState } from '../../../testing/memory/memory-bucket.ts';
import { codeOf } from './code-of.ts';

export type WiringWorld = {
  readonly wiring: EventWiring;
  createBucket(): Promise<string>;
  setRule(bucket: string, state: RuleState): Promise<void>;
  isRuleEnabled(bucket: string): Promise<boolean>;
  isEventBridgeOn(bucket: string): Promise<boolean>;
  /** Replaces the bucket's notifications by some of its owner's own, and tells how to read them back. */
  readonly owner?: { setOthers(bucket: string): Promise<void>; others(bucket: string): Promise<unknown> };
};

export function describeEventWiring(name: string, makeWorld: () => WiringWorld | Promise<WiringWorld>): void {
  describe(`EventWiring: ${name}`, () => {
    let world: WiringWorld;
    beforeAll(async () => {
      world = await makeWorld();
    });

    async function wired(): Promise<string> {
      const bucket = await world.createBucket();
      await world.setRule(bucket, 'enabled');
      await world.wiring.connect(bucket);
      return bucket;
    }

    it('switches EventBridge on, and does so twice', async () => {
      const bucket = await world.createBucket();
      expect(await world.isEventBridgeOn(bucket)).toBe(false);
      await world.wiring.connect(bucket);
      await world.wiring.connect(bucket);
      expect(await world.isEventBridgeOn(bucket)).toBe(true);
    });

    it('finds nothing to mend where all is well', async () => {
      expect(await world.wiring.ensure(await wired())).toEqual({ state: 'ok' });
    });

    it('switches EventBridge on again', async () => {
      const bucket = await world.createBucket();
      await world.setRule(bucket, 'enabled');
      const check = await world.wiring.ensure(bucket);
      expect(check).toEqual({
        state: 'repaired',
        detail: expect.stringContaining('EventBridge'),
        mayBeStale: true,
      });
      expect(await world.isEventBridgeOn(bucket)).toBe(true);
      expect(await world.wiring.ensure(bucket)).toEqual({ state: 'ok' });
    });

    it('enables a rule again', async () => {
      const bucket = await wired();
      await world.setRule(bucket, 'disabled');
      const check = await world.wiring.ensure(bucket);
      expect(check).toEqual({ state: 'repaired', detail: expect.stringContaining('rule') });
      expect(await world.isRuleEnabled(bucket)).toBe(true);
    });

    it('says broken, and why, when the rule is gone, and mends what it can', async () => {
      const bucket = await world.createBucket();
      await world.setRule(bucket, 'missing');
      const check = await world.wiring.ensure(bucket);
      expect(check).toEqual({ state: 'broken', detail: expect.stringContaining(bucket) });
      expect(await world.isEventBridgeOn(bucket)).toBe(true);
    });

    it.each([
      ['leaves events out', 'narrowed'],
      ['sends them elsewhere', 'elsewhere'],
    ] as const)('says broken when the rule %s', async (_, state) => {
      const bucket = await wired();
      await world.setRule(bucket, state);
      expect(await world.wiring.ensure(bucket)).toEqual({ state: 'broken', detail: expect.any(String) });
      await world.setRule(bucket, 'enabled');
      expect(await world.wiring.ensure(bucket)).toEqual({ state: 'ok' });
    });

    it('throws for a bucket that is gone', async () => {
      expect(await codeOf(world.wiring.connect('holdfast-no-such-bucket'))).toBe('no-such-bucket');
      expect(await codeOf(world.wiring.ensure('holdfast-no-such-bucket'))).toBe('no-such-bucket');
    });

    it('keeps the notifications that the owner has', async ({ skip }) => {
      const { owner } = world;
      if (owner === undefined) return skip('buckets in memory have no others');
      const bucket = await world.createBucket();
      await owner.setOthers(bucket);
      const before = await owner.others(bucket);
      await world.wiring.connect(bucket);
      expect(await owner.others(bucket)).toEqual(before);
      expect(await world.isEventBridgeOn(bucket)).toBe(true);
    });
  });
}
