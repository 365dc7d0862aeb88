import { EventBridgeWiring } from '@holdfast/core/kinds/s3/aws/eventbridge-wiring.ts';
import { captureRuleName } from '@holdfast/core/model/stack-names.ts';
import type { EventWiring } from '@holdfast/core/ports/event-wiring.ts';

type Options = ConstructorParameters<typeof EventBridgeWiring>[0];

/** How the events of buckets come to the capture queue of a core stack. */
export function bucketWiring(stack: string, clients: Omit<Options, 'ruleName'>): EventWiring {
  return new EventBridgeWiring({ ...clients, ruleName: (bucket) => captureRuleName(stack, bucket) });
}
