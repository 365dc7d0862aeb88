/** The body of an EventBridge event that says that an object was created. Its time has whole seconds, as S3's has. */
export function createdEvent(bucket: string, key: string, at: number, order: number): string {
  return JSON.stringify({
    version: '0',
    id: `event-${order}`,
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '123456789012',
    time: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: 'us-east-1',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, size: 1, etag: 'etag', sequencer: order.toString(16).toUpperCase().padStart(18, '0') },
      'request-id': 'N4N7GDK58NMKJ12R',
      requester: '123456789012',
      'source-ip-address': '192.0.2.1',
      reason: 'PutObject',
    },
  });
}
