import { isObject, NULL_VERSION, type StoredObject, type StoredVersion } from './s3-version.ts';

/** What happened, in EventBridge's words. */
export type Happening =
  | { readonly type: 'Object Created'; readonly reason: string }
  | {
      readonly type: 'Object Deleted';
      readonly reason: string;
      readonly deletion: 'Delete Marker Created' | 'Permanently Deleted';
    }
  | { readonly type: 'Object Tags Added' | 'Object Tags Deleted' | 'Object ACL Updated' };

/** An event as EventBridge puts it on a queue: the body is JSON text. */
export type S3Notification = { readonly bucket: string; readonly key: string; readonly body: string };

/** Builds the event of one change. EventBridge gives whole seconds. */
export function notification(
  bucket: { readonly name: string; readonly region: string },
  version: StoredVersion,
  happening: Happening,
  when: { readonly at: number; readonly sequencer: string },
): S3Notification {
  const event = {
    version: '0',
    id: `event-${when.sequencer}`,
    'detail-type': happening.type,
    source: 'aws.s3',
    account: '000000000000',
    time: new Date(when.at).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: bucket.region,
    resources: [`arn:aws:s3:::${bucket.name}`],
    detail: detail(bucket.name, version, happening, when.sequencer),
  };
  return { bucket: bucket.name, key: version.key, body: JSON.stringify(event) };
}

/** Of tags and ACLs, neither size, sequencer nor reason: S3 user guide, "EventBridge event message structure". */
function detail(bucket: string, version: StoredVersion, happening: Happening, sequencer: string) {
  const head = { version: '0', bucket: { name: bucket } };
  const object = {
    key: version.key,
    ...(isObject(version) ? { etag: version.content.etag } : {}),
    ...(version.versionId === NULL_VERSION ? {} : { 'version-id': version.versionId }),
  };
  if (!('reason' in happening)) return { ...head, object };
  return {
    ...head,
    object: { ...object, ...(isObject(version) ? { size: version.content.body.length } : {}), sequencer },
    reason: happening.reason,
    ...(happening.type === 'Object Deleted' ? { 'deletion-type': happening.deletion } : {}),
  };
}

/** The event of a thaw as S3 itself puts it on a queue: the classic shape, its key URL-encoded. */
export function thawNotification(bucket: string, object: StoredObject, at: number): S3Notification {
  const { key, versionId, content } = object;
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventTime: new Date(at).toISOString(),
    eventName: 'ObjectRestore:Completed',
    s3: {
      bucket: { name: bucket },
      object: {
        key: encodeURIComponent(key).replaceAll('%20', '+'),
        size: content.body.length,
        eTag: content.etag,
        ...(versionId === NULL_VERSION ? {} : { versionId }),
      },
    },
  };
  return { bucket, key, body: JSON.stringify({ Records: [record] }) };
}
