import * as v from 'valibot';
import type { Change } from './change.ts';
import { defined } from './defined.ts';
import { InvalidInputError } from './errors.ts';
import { tableOf } from './named-values.ts';

const EventBridgeEvent = v.object({
  source: v.literal('aws.s3'),
  'detail-type': v.string(),
  time: v.pipe(v.string(), v.isoTimestamp()),
  detail: v.object({
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

/**
 * Reads the body of a message on the capture queue: an EventBridge event, a classic S3 notification (whose keys are
 * URL-encoded, a space as `+`), or the `s3:TestEvent` that S3 sends when a notification is set up.
 * Events that change no content (tagging, ACL) give no change.
 *
 * @throws {InvalidInputError} for anything else: such a message is poison and belongs in the dead-letter queue
 */
export function parseS3Event(body: string): Change[] {
  const json = parseJson(body);
  if (v.is(TestEvent, json)) return [];
  if (v.is(EventBridgeEvent, json)) return fromEventBridge(json);
  if (v.is(ClassicEvent, json)) return json.Records.flatMap(fromClassic);
  throw new InvalidInputError(`not an S3 event: ${body.slice(0, 200)}`);
}

/** Reads JSON text. @throws {InvalidInputError} quoting the beginning of what is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError(`not JSON: ${text.slice(0, 200)}`, { cause });
  }
}

// Lifecycle deletions arrive as "Object Deleted" too, with another reason; the source's state decides what it means.
const DETAIL_TYPES = tableOf<Change['kind']>({
  'Object Created': 'created',
  'Object Deleted': 'deleted',
  // An archived object was thawed: it can be read now, and perhaps never was.
  'Object Restore Completed': 'seen',
});

function fromEventBridge(event: v.InferOutput<typeof EventBridgeEvent>): Change[] {
  const kind = DETAIL_TYPES.get(event['detail-type']);
  if (kind === undefined) return [];
  const { bucket, object } = event.detail;
  return [
    {
      bucket: bucket.name,
      key: object.key,
      kind,
      at: Date.parse(event.time),
      ...facts(object.etag, object.size, object['version-id'], object.sequencer),
    },
  ];
}

function fromClassic(record: v.InferOutput<typeof ClassicRecord>): Change[] {
  const kind = classicKind(record.eventName);
  if (kind === undefined) return [];
  const { bucket, object } = record.s3;
  return [
    {
      bucket: bucket.name,
      key: decodeClassicKey(object.key),
      kind,
      at: Date.parse(record.eventTime),
      ...facts(object.eTag, object.size, object.versionId, object.sequencer),
    },
  ];
}

function classicKind(eventName: string): Change['kind'] | undefined {
  const family = eventName.replace(/^s3:/, '').split(':')[0];
  if (family === 'ObjectCreated') return 'created';
  if (family === 'ObjectRemoved' || family === 'LifecycleExpiration') return 'deleted';
  if (eventName.endsWith('ObjectRestore:Completed')) return 'seen';
  return undefined;
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
): Pick<Change, 'etag' | 'size' | 'versionId' | 'sequencer'> {
  return {
    ...(etag ? { etag: etag.replaceAll('"', '') } : {}),
    ...defined({ size }),
    ...(versionId && versionId !== 'null' ? { versionId } : {}),
    // Some S3-compatible stores send a constant in place of a sequencer: it orders nothing.
    ...(sequencer && sequencer !== '0' ? { sequencer } : {}),
  };
}
