import type { IncomingMessage } from 'node:http';

type Request = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** What a request asks of AWS, as `s3 CopyObject` or `dynamodb PutItem`. */
export function operationOf({ method = '', url = '', headers }: Request): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service = '', operation = ''] = target.split('.');
    const name = service.startsWith('DynamoDB')
      ? 'dynamodb'
      : service.startsWith('AmazonSQS')
        ? 'sqs'
        : 'events';
    return `${name} ${operation}`;
  }
  return `s3 ${s3Operation(method, new URL(url, 'http://s3'), headers['x-amz-copy-source'] !== undefined)}`;
}

function s3Operation(method: string, url: URL, copies: boolean): string {
  const has = (name: string) => url.searchParams.has(name);
  if (has('tagging')) return `${method === 'GET' ? 'Get' : 'Put'}ObjectTagging`;
  if (has('notification')) return `${method === 'GET' ? 'Get' : 'Put'}BucketNotification`;
  if (has('versions')) return 'ListObjectVersions';
  if (has('list-type')) return 'ListObjectsV2';
  if (has('uploadId')) return copies ? 'UploadPartCopy' : uploadOperation(method);
  if (has('uploads')) return 'CreateMultipartUpload';
  if (method === 'HEAD') return /^\/[^/]+\/?$/.test(url.pathname) ? 'HeadBucket' : 'HeadObject';
  if (method === 'PUT') return copies ? 'CopyObject' : 'PutObject';
  return `${method === 'DELETE' ? 'Delete' : 'Get'}Object`;
}

function uploadOperation(method: string): string {
  if (method === 'POST') return 'CompleteMultipartUpload';
  if (method === 'GET') return 'ListParts';
  return method === 'DELETE' ? 'AbortMultipartUpload' : 'UploadPart';
}
