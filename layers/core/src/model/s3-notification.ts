import * as v from 'valibot';
import { defined } from './defined.ts';
import { InvalidInputError } from './errors.ts';
import { parseJson } from './json.ts';

const EventBridgeEvent = v.object({
  source: v.literal('aws.s3'),
  'detail-type': v.string(),
  time: v.pipe(v.string(), v.isoTimestamp()),
  detail: v.object({
    reason: v.optional(v.string()),
    'deletion-type': v.optional(v.string()),
    bucket: v.object({ name: v.string() }),
    object: v.object({
      key: v.pipe(v.string(), v.minLength(1)),
      size: v.optional(v.number()),
      etag: v.optional(v.string()),
      'version-id': v.optional(v.string()),
      sequencer: v.optional(v.string()),
    }),
  }),
});

const ClassicRecord = v.object({
  eventSource: v.literal('aws:s3'),
  eventName: v.string(),
  eventTime: v.pipe(v.string(), v.isoTimestamp()),
  s3: v.object({
    bucket: v.object({ name: v.string() }),
    object: v.object({
      key: v.pipe(v.string(), v.minLength(1)),
      size: v.optional(v.number()),
      eTag: v.optional(v.string()),
      versionId: v.optional(v.string()),
      sequencer: v.optional(v.string()),
    }),
  }),
});
const ClassicEvent = v.object({ Records: v.array(ClassicRecord) });
const TestEvent = v.object({ Service: v.literal('Amazon S3'), Event: v.literal('s3:TestEvent') });

/** What S3 tells of one object. */
export type S3Notification = {
  readonly bucket: string;
  readonly key: string;
  /** When it happened, ms since 1970. */
  readonly at: number;
  /** What happened: EventBridge's detail type, `Object Created`; or a classic event's name without `s3:`, `ObjectCreated:Put`. */
  readonly name: string;
  readonly form: 'eventbridge' | 'classic';
  /** Of a deletion, by EventBridge alone: what deleted it, and what that did. */
  readonly reason?: string;
  readonly deletionType?: string;
  readonly etag?: string;
  readonly size?: number;
  readonly versionId?: string;
  readonly sequencer?: string;
};

/**
 * Reads a message by which S3 tells of objects: an EventBridge event, a classic notification (whose keys are URL-encoded, a
 * space as `+`), or the `s3:TestEvent` that S3 sends when a notification is set up, which tells of none.
 * Source: S3 user guide, "EventBridge event message structure" and "Event message structure".
 *
 * @throws {InvalidInputError} for anything else: such a message is poison and belongs in the dead-letter queue
 */
export function parseS3Notification(body: string): S3Notification[] {
  const json = parseJson(body);
  if (v.is(TestEvent, json)) return [];
  if (v.is(EventBridgeEvent, json)) return [fromEventBridge(json)];
  if (v.is(ClassicEvent, json)) return json.Records.map(fromClassic);
  throw new InvalidInputError(`not an S3 event: ${body.slice(0, 200)}`);
}

/** True when an archived object was thawed: it can be read now, and perhaps never was. */
export function isThawed({ form, name }: S3Notification): boolean {
  return form === 'eventbridge'
    ? name === 'Object Restore Completed'
    : name.endsWith('ObjectRestore:Completed');
}

function fromEventBridge(event: v.InferOutput<typeof EventBridgeEvent>): S3Notification {
  const { bucket, object, reason, 'deletion-type': deletionType } = event.detail;
  return {
    bucket: bucket.name,
    key: object.key,
    name: event['detail-type'],
    form: 'eventbridge',
    at: Date.parse(event.time),
    ...defined({ reason, deletionType }),
    ...facts(object.etag, object.size, object['version-id'], object.sequencer),
  };
}

function fromClassic({ s3, eventName, eventTime }: v.InferOutput<typeof ClassicRecord>): S3Notification {
  const { bucket, object } = s3;
  return {
    bucket: bucket.name,
    key: decodeClassicKey(object.key),
    name: eventName.replace(/^s3:/, ''),
    form: 'classic',
    at: Date.parse(eventTime),
    ...facts(object.eTag, object.size, object.versionId, object.sequencer),
  };
}

function decodeClassicKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    throw new InvalidInputError(`"${key}" is not a URL-encoded key`, { cause });
  }
}

function facts(
  etag: string | undefined,
  size: number | undefined,
  versionId: string | undefined,
  sequencer: string | undefined,
): Pick<S3Notification, 'etag' | 'size' | 'versionId' | 'sequencer'> {
  return {
    ...(etag ? { etag: etag.replaceAll('"', '') } : {}),
    ...defined({ size }),
    ...(versionId && versionId !== 'null' ? { versionId } : {}),
    // Some S3-compatible stores send a constant in place of a sequencer: it orders nothing.
    ...(sequencer && sequencer !== '0' ? { sequencer } : {}),
  };
}
