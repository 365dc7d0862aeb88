import type { EventWiring, WiringCheck } from '../../ports/event-wiring.ts';
import type { MemoryS3 } from './memory-s3.ts';
import { Requests } from './requests.ts';
import { openBucket } from './s3-access.ts';

/** The event wiring of the buckets of a {@link MemoryS3}. */
export class MemoryEventWiring implements EventWiring {
  readonly requests = new Requests<keyof EventWiring>();
  readonly #world: MemoryS3;

  constructor(world: MemoryS3) {
    this.#world = world;
  }

  connect(bucket: string): Promise<void> {
    return this.requests.run('connect', [bucket], () => {
      openBucket(this.#world, bucket).eventBridge = true;
    });
  }

  ensure(bucket: string): Promise<WiringCheck> {
    return this.requests.run('ensure', [bucket], () => this.#ensure(bucket));
  }

  #ensure(name: string): WiringCheck {
    const bucket = openBucket(this.#world, name);
    const mended: string[] = [];
    if (!bucket.eventBridge) mended.push('EventBridge was switched off at the bucket');
    bucket.eventBridge = true;
    if (bucket.rule === 'missing') {
      return { state: 'broken', detail: `there is no rule for the events of ${name}` };
    }
    if (bucket.rule === 'disabled') mended.push('the rule was disabled');
    bucket.rule = 'enabled';
    return mended.length === 0 ? { state: 'ok' } : { state: 'repaired', detail: mended.join('; ') };
  }
}
