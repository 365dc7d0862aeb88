import { describe, expect, it } from 'vitest';
import { operationOf } from '../../../testing/proxy/aws-operation.ts';

const signedFor = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

describe('operationOf', () => {
  it.each([
    ['GET', '/', 'ListBuckets'],
    ['PUT', '/photos', 'CreateBucket'],
    ['HEAD', '/photos/', 'HeadBucket'],
    ['GET', '/photos?list-type=2&prefix=a', 'ListObjectsV2'],
    ['GET', '/photos?prefix=a', 'ListObjects'],
    ['GET', '/photos?versions', 'ListObjectVersions'],
    ['GET', '/photos?location', 'GetBucketLocation'],
    ['PUT', '/photos?notification', 'PutBucketNotification'],
    ['POST', '/photos?delete', 'DeleteObjects'],
    ['HEAD', '/photos/a/b', 'HeadObject'],
    ['GET', '/photos/a%2Fb', 'GetObject'],
    ['PUT', '/photos/a', 'PutObject'],
    ['DELETE', '/photos/a', 'DeleteObject'],
    ['GET', '/photos/a?tagging', 'GetObjectTagging'],
    ['POST', '/photos/a?uploads', 'CreateMultipartUpload'],
    ['POST', '/photos/a?uploadId=1', 'CompleteMultipartUpload'],
  ])('tells %s %s', (method, url, operation) => {
    expect(operationOf({ method, url, headers: {} })).toBe(`s3 ${operation}`);
  });

  it('tells a copy from an upload by its header', () => {
    const headers = { 'x-amz-copy-source': '/a/b' };
    expect(operationOf({ method: 'PUT', url: '/photos/a', headers })).toBe('s3 CopyObject');
    expect(operationOf({ method: 'PUT', url: '/photos/a?partNumber=1&uploadId=1', headers })).toBe(
      's3 UploadPartCopy',
    );
  });

  it('takes the operation of JSON services from their target', () => {
    const kind = (target: string) =>
      operationOf({ method: 'POST', url: '/', headers: { 'x-amz-target': target } });
    expect(kind('DynamoDB_20120810.PutItem')).toBe('dynamodb PutItem');
    expect(kind('AmazonSQS.SendMessageBatch')).toBe('sqs SendMessageBatch');
    expect(kind('AWSEvents.DescribeRule')).toBe('events DescribeRule');
  });

  it('takes no request of another service for one of S3', () => {
    const headers = { authorization: signedFor('cloudformation') };
    expect(operationOf({ method: 'POST', url: '/', headers })).toBe('cloudformation request');
    expect(operationOf({ method: 'GET', url: '/', headers: { authorization: signedFor('s3') } })).toBe(
      's3 ListBuckets',
    );
  });
});
