import { tableOf } from '../../../model/named-values.ts';
import { isThawed, parseS3Notification, type S3Notification } from '../../../model/s3-notification.ts';
import type { Change } from './change.ts';

/**
 * Reads the body of a message on the capture queue.
 * Of tags and of ACLs, the change says only that they changed: how they are now, the source is asked.
 *
 * @throws {InvalidInputError} for what is no notification of S3: such a message is poison and belongs in the dead-letter queue
 */
export function parseS3Event(body: string): Change[] {
  return parseS3Notification(body).flatMap(changeOf);
}

/** What an event says of an object. */
type Said = Pick<Change, 'kind' | 'tags' | 'acl' | 'mayBeBack'>;

/** An object's tags were put or deleted: its version is as it was, and there is no sequencer. */
const TAGGED: Said = { kind: 'seen', tags: true };
/** The same, of its ACL. */
const GRANTED: Said = { kind: 'seen', acl: true };

function changeOf(told: S3Notification): Change[] {
  const said = saidBy(told);
  if (said === undefined) return [];
  const { form: _, name: __, reason: ___, deletionType: ____, ...facts } = told;
  return [{ ...facts, ...said }];
}

function saidBy(told: S3Notification): Said | undefined {
  if (isThawed(told)) return { kind: 'seen' };
  if (told.form === 'classic') return saidByClassic(told.name);
  const said = DETAIL_TYPES.get(told.name);
  return said?.kind === 'deleted' && mayRevive(told) ? { ...said, mayBeBack: true } : said;
}

// Lifecycle deletions arrive as "Object Deleted" too, with another reason; the source's state decides what it means.
// Source: S3 user guide, "Using EventBridge" and "EventBridge event message structure".
const DETAIL_TYPES = tableOf<Said>({
  'Object Created': { kind: 'created' },
  'Object Deleted': { kind: 'deleted' },
  'Object Tags Added': TAGGED,
  'Object Tags Deleted': TAGGED,
  'Object ACL Updated': GRANTED,
});

/**
 * False for a delete marker that was put, and for what a lifecycle rule destroys: noncurrent versions, and markers with nothing
 * under them. Source: S3 user guide, "Configuring Lifecycle event notifications", "Expiring objects".
 */
function mayRevive({ reason, deletionType }: S3Notification): boolean {
  return reason !== 'Lifecycle Expiration' && deletionType !== 'Delete Marker Created';
}

function saidByClassic(name: string): Said | undefined {
  const [family, what] = name.split(':');
  if (family === 'ObjectCreated') return { kind: 'created' };
  if (family === 'ObjectRemoved' && what !== 'DeleteMarkerCreated')
    return { kind: 'deleted', mayBeBack: true };
  if (family === 'ObjectRemoved' || family === 'LifecycleExpiration') return { kind: 'deleted' };
  if (family === 'ObjectTagging') return TAGGED;
  if (family === 'ObjectAcl') return GRANTED;
  return undefined;
}
