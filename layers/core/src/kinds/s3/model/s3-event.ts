import * as v from 'valibot';
import { defined } from '../../../model/defined.ts';
import { InvalidInputError } from '../../../model/errors.ts';
import { parseJson } from '../../../model/json.ts';
import { tableOf } from '../../../model/named-values.ts';
import type { Change } from './change.ts';

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

/**
 * Reads the body of a message on the capture queue: an EventBridge event, a classic S3 notification (whose keys are
 * URL-encoded, a space as `+`), or the `s3:TestEvent` that S3 sends when a notification is set up.
 * Of tags and of ACLs, the change says only that they changed: how they are now, the source is asked.
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

/** What an event says of an object. */
type Said = Pick<Change, 'kind' | 'tags' | 'acl' | 'mayBeBack'>;

/** An object's tags were put or deleted: its version is as it was, and there is no sequencer. */
const TAGGED: Said = { kind: 'seen', tags: true };
/** The same, of its ACL. */
const GRANTED: Said = { kind: 'seen', acl: true };

// Lifecycle deletions arrive as "Object Deleted" too, with another reason; the source's state decides what it means.
// Source: S3 user guide, "Using EventBridge" and "EventBridge event message structure".
const DETAIL_TYPES = tableOf<Said>({
  'Object Created': { kind: 'created' },
  'Object Deleted': { kind: 'deleted' },
  // An archived object was thawed: it can be read now, and perhaps never was.
  'Object Restore Completed': { kind: 'seen' },
  'Object Tags Added': TAGGED,
  'Object Tags Deleted': TAGGED,
  'Object ACL Updated': GRANTED,
});

function fromEventBridge(event: v.InferOutput<typeof EventBridgeEvent>): Change[] {
  const said = DETAIL_TYPES.get(event['detail-type']);
  if (said === undefined) return [];
  const { bucket, object } = event.detail;
  return [
    {
      bucket: bucket.name,
      key: object.key,
      ...said,
      ...(said.kind === 'deleted' && mayRevive(event.detail) ? { mayBeBack: true } : {}),
      at: Date.parse(event.time),
      ...facts(object.etag, object.size, object['version-id'], object.sequencer),
    },
  ];
}

/**
 * False for a delete marker that was put, and for what a lifecycle rule destroys: noncurrent versions, and markers with nothing
 * under them. Source: S3 user guide, "Configuring Lifecycle event notifications", "Expiring objects".
 */
function mayRevive({
  reason,
  'deletion-type': type,
}: v.InferOutput<typeof EventBridgeEvent>['detail']): boolean {
  return reason !== 'Lifecycle Expiration' && type !== 'Delete Marker Created';
}

function fromClassic(record: v.InferOutput<typeof ClassicRecord>): Change[] {
  const said = saidByClassic(record.eventName);
  if (said === undefined) return [];
  const { bucket, object } = record.s3;
  return [
    {
      bucket: bucket.name,
      key: decodeClassicKey(object.key),
      ...said,
      at: Date.parse(record.eventTime),
      ...facts(object.eTag, object.size, object.versionId, object.sequencer),
    },
  ];
}

function saidByClassic(eventName: string): Said | undefined {
  const [family, what] = eventName.replace(/^s3:/, '').split(':');
  if (family === 'ObjectCreated') return { kind: 'created' };
  if (family === 'ObjectRemoved' && what !== 'DeleteMarkerCreated')
    return { kind: 'deleted', mayBeBack: true };
  if (family === 'ObjectRemoved' || family === 'LifecycleExpiration') return { kind: 'deleted' };
  if (family === 'ObjectTagging') return TAGGED;
  if (family === 'ObjectAcl') return GRANTED;
  if (eventName.endsWith('ObjectRestore:Completed')) return { kind: 'seen' };
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
