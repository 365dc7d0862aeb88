import type { EventWiring, WiringCheck } from '@holdfast/core/ports/event-wiring.ts';
import { ownAccount } from './bucket-owners.ts';
import type { RuleState } from './memory-bucket.ts';
import type { MemoryS3 } from './memory-s3.ts';
import { Requests } from './requests.ts';
import { type Access, openBucket } from './s3-access.ts';

const BROKEN: Readonly<Record<RuleState, string | undefined>> = {
  enabled: undefined,
  disabled: undefined,
  missing: 'there is no rule',
  narrowed: 'the rule leaves some out',
  elsewhere: 'the rule does not send them to the capture queue',
};

/** The event wiring of the buckets of a {@link MemoryS3}. */
export class MemoryEventWiring implements EventWiring {
  readonly requests = new Requests<keyof EventWiring>();
  readonly #access: Access;

  constructor(world: MemoryS3) {
    this.#access = { world, ownerOf: ownAccount };
  }

  connect(bucket: string): Promise<void> {
    return this.requests.run('connect', [bucket], () => {
      openBucket(this.#access, bucket).eventBridge = true;
    });
  }

  ensure(bucket: string, prefix?: string): Promise<WiringCheck> {
    return this.requests.run('ensure', [bucket, prefix], () => this.#ensure(bucket));
  }

  #ensure(name: string): WiringCheck {
    const bucket = openBucket(this.#access, name);
    const wasOff = !bucket.eventBridge;
    bucket.eventBridge = true;
    const broken = BROKEN[bucket.rule];
    if (broken !== undefined) return { state: 'broken', detail: `${broken}: the events of ${name}` };
    const wasDisabled = bucket.rule === 'disabled';
    bucket.rule = 'enabled';
    const off = 'EventBridge was switched off at the bucket';
    if (!wasDisabled) return wasOff ? { state: 'repaired', detail: off, mayBeStale: true } : { state: 'ok' };
    return { state: 'repaired', detail: `${wasOff ? `${off}; ` : ''}the rule was disabled` };
  }
}
