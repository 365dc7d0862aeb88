import type { IncomingMessage } from 'node:http';

type Request = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** Sub-resources of S3 and what is asked of them, the first that fits. */
const SUB_RESOURCES: ReadonlyArray<readonly [string, string]> = [
  ['tagging', 'ObjectTagging'],
  ['notification', 'BucketNotification'],
  ['location', 'BucketLocation'],
  ['versioning', 'BucketVersioning'],
];

/** What a request asks of AWS, as `s3 CopyObject` or `dynamodb PutItem`; read from what every client has to send. */
export function operationOf({ method = '', url = '', headers }: Request): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return jsonOperation(target);
  const service = signedService(headers.authorization) ?? 's3';
  if (service !== 's3') return `${service} request`;
  const copies = headers['x-amz-copy-source'] !== undefined;
  return `s3 ${s3Operation(method, new URL(url, 'http://s3'), copies)}`;
}

function jsonOperation(target: string): string {
  const [service = '', operation = ''] = target.split('.');
  if (service.startsWith('DynamoDB')) return `dynamodb ${operation}`;
  return `${service.startsWith('AmazonSQS') ? 'sqs' : 'events'} ${operation}`;
}

/** The service that a request is signed for: the fourth part of its credential's scope. */
function signedService(authorization = ''): string | undefined {
  return /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(authorization)?.[1];
}

function s3Operation(method: string, url: URL, copies: boolean): string {
  const has = (name: string) => url.searchParams.has(name);
  const sub = SUB_RESOURCES.find(([name]) => has(name));
  if (sub !== undefined) return `${method === 'GET' ? 'Get' : 'Put'}${sub[1]}`;
  if (has('uploadId')) return copies ? 'UploadPartCopy' : uploadOperation(method);
  if (has('uploads')) return 'CreateMultipartUpload';
  if (has('delete')) return 'DeleteObjects';
  return /^\/[^/]*\/?$/.test(url.pathname)
    ? bucketOperation(method, url.pathname, has)
    : objectOperation(method, copies);
}

function bucketOperation(method: string, path: string, has: (name: string) => boolean): string {
  if (path === '/') return 'ListBuckets';
  if (has('versions')) return 'ListObjectVersions';
  if (has('list-type')) return 'ListObjectsV2';
  if (method === 'GET') return 'ListObjects';
  return { HEAD: 'HeadBucket', PUT: 'CreateBucket', DELETE: 'DeleteBucket' }[method] ?? method;
}

function objectOperation(method: string, copies: boolean): string {
  if (method === 'HEAD') return 'HeadObject';
  if (method === 'PUT') return copies ? 'CopyObject' : 'PutObject';
  return `${method === 'DELETE' ? 'Delete' : 'Get'}Object`;
}

function uploadOperation(method: string): string {
  if (method === 'POST') return 'CompleteMultipartUpload';
  if (method === 'GET') return 'ListParts';
  return method === 'DELETE' ? 'AbortMultipartUpload' : 'UploadPart';
}
