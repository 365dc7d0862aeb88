import {
  DescribeRuleCommand,
  EnableRuleCommand,
  type EventBridgeClient,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { attempt } from '../../../aws/s3-attempt.ts';
import { QUICK } from '../../../aws/s3-quick.ts';
import { parseJson } from '../../../model/json.ts';
import type { EventWiring, WiringCheck } from '../../../ports/event-wiring.ts';

export type EventBridgeWiringConfig = {
  readonly s3: S3Client;
  readonly eventBridge: EventBridgeClient;
  /** The name of the rule that takes a bucket's events to the capture queue. */
  readonly ruleName: (bucket: string) => string;
  /** URL of the capture queue. */
  readonly queueUrl: string;
};

/** The wiring of buckets through EventBridge: its switch at the bucket, and one rule for each on the default bus. */
export class EventBridgeWiring implements EventWiring {
  readonly #config: EventBridgeWiringConfig;

  constructor(config: EventBridgeWiringConfig) {
    this.#config = config;
  }

  async connect(bucket: string): Promise<void> {
    await this.#switchOn(bucket);
  }

  async ensure(bucket: string, prefix = ''): Promise<WiringCheck> {
    const wasOff = await this.#switchOn(bucket);
    const name = this.#config.ruleName(bucket);
    const rule = await this.#enable(name);
    if (rule === 'missing') return { state: 'broken', detail: `there is no EventBridge rule ${name}` };
    const leftOut = leftOutBy(rule.pattern, bucket, prefix);
    if (leftOut !== undefined) return { state: 'broken', detail: `the rule ${name} was changed: ${leftOut}` };
    if (!(await this.#isTargeted(name)))
      return { state: 'broken', detail: `the rule ${name} does not send to the capture queue any more` };
    const off = 'EventBridge was switched off at the bucket';
    if (!rule.wasDisabled)
      return wasOff ? { state: 'repaired', detail: off, mayBeStale: true } : { state: 'ok' };
    return { state: 'repaired', detail: `${wasOff ? `${off}; ` : ''}the rule ${name} was disabled` };
  }

  /** @returns true when it was off. The API replaces the whole configuration: what else is there is put back */
  async #switchOn(bucket: string): Promise<boolean> {
    const { s3 } = this.#config;
    const { $metadata: _, ...present } = await attempt(`read the notifications of s3://${bucket}`, () =>
      s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }), QUICK),
    );
    if (present.EventBridgeConfiguration !== undefined) return false;
    const command = new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: { ...present, EventBridgeConfiguration: {} },
      // The others' targets are not ours to judge: one that is broken must not keep the events from us.
      SkipDestinationValidation: true,
    });
    await attempt(`switch EventBridge on at s3://${bucket}`, () => s3.send(command, QUICK));
    return true;
  }

  async #enable(name: string): Promise<{ pattern: string; wasDisabled: boolean } | 'missing'> {
    const { eventBridge } = this.#config;
    try {
      const { State, EventPattern = '' } = await eventBridge.send(new DescribeRuleCommand({ Name: name }));
      const wasDisabled = State === 'DISABLED';
      if (wasDisabled) {
        await attempt(`enable the rule ${name}`, () =>
          eventBridge.send(new EnableRuleCommand({ Name: name })),
        );
      }
      return { pattern: EventPattern, wasDisabled };
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return 'missing';
      return attempt(`look at the rule ${name}`, () => Promise.reject(error));
    }
  }

  /** Whether the rule sends to the capture queue. The stack of a source that was protected earlier gives no right to ask. */
  async #isTargeted(name: string): Promise<boolean> {
    const { eventBridge, queueUrl } = this.#config;
    const queue = queueUrl.split('/').slice(-2).join(':');
    try {
      const { Targets = [] } = await eventBridge.send(new ListTargetsByRuleCommand({ Rule: name }));
      return Targets.some(({ Arn = '' }) => Arn.split(':').slice(-2).join(':') === queue);
    } catch (error) {
      if (error instanceof Error && error.name === 'AccessDeniedException') return true;
      return attempt(`list the targets of the rule ${name}`, () => Promise.reject(error));
    }
  }
}

/** Events without which a bucket's changes would be missed; a rule may take more. */
const NEEDED = ['Object Created', 'Object Deleted', 'Object Restore Completed'];

const strings = v.array(v.string());
const PatternSchema = v.strictObject({
  source: v.optional(strings),
  'detail-type': v.optional(strings),
  detail: v.optional(
    v.strictObject({
      bucket: v.optional(v.strictObject({ name: v.optional(strings) })),
      object: v.optional(v.strictObject({ key: v.array(v.strictObject({ prefix: v.string() })) })),
    }),
  ),
});

/**
 * What the pattern of a bucket's rule leaves out, in words; undefined when it takes all events that are needed. A
 * condition that Holdfast does not set itself is taken for one that leaves something out.
 * Source: EventBridge user guide, "Event patterns": what a pattern does not name matches anything.
 *
 * @param prefix of the keys that are protected; empty for all
 */
function leftOutBy(pattern: string, bucket: string, prefix: string): string | undefined {
  const parsed = v.safeParse(PatternSchema, parsedJson(pattern));
  if (!parsed.success)
    return `it has a condition of its own: ${v.getDotPath(parsed.issues[0]) ?? 'no pattern'}`;
  const { source = ['aws.s3'], 'detail-type': types = NEEDED, detail = {} } = parsed.output;
  if (!source.includes('aws.s3')) return 'it does not take the events of S3';
  const missing = NEEDED.find((one) => !types.includes(one));
  if (missing !== undefined) return `it does not take "${missing}"`;
  if (!(detail.bucket?.name ?? [bucket]).includes(bucket)) return `it does not take the bucket ${bucket}`;
  const keys = detail.object?.key ?? [{ prefix: '' }];
  return keys.some((one) => prefix.startsWith(one.prefix))
    ? undefined
    : 'it does not take all protected keys';
}

function parsedJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
