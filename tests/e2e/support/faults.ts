import type { Answer } from '../../../testing/proxy/forwarding-proxy.ts';

/**
 * What can go wrong with one request:
 * - `throttled`, `broken`: refused in the service's own shape, without being done
 * - `resetBefore`, `resetAfter`: the connection ends; the request was not done, or it was and nobody is told
 * - `slow`: done, but the answer comes late
 * - `truncated`: done, but the answer ends before its end
 * - `errorIn200Before`, `errorIn200After`: status 200 with an error for a body, as S3 may answer a copy that took
 *   long; not done, or done all the same
 */
export const FAULTS = [
  'throttled',
  'broken',
  'resetBefore',
  'resetAfter',
  'slow',
  'truncated',
  'errorIn200Before',
  'errorIn200After',
] as const;
export type Fault = (typeof FAULTS)[number];

/** The share of the requests that each fault befalls; absent: none. */
export type Rates = Readonly<Partial<Record<Fault, number>>>;

/** The faults after which a request was done and its sender does not know. */
export const DONE_UNHEARD: ReadonlySet<Fault> = new Set(['resetAfter', 'truncated', 'errorIn200After']);

/** The operations that S3 may answer 200 before it knows how they end. */
const LONG: ReadonlySet<string> = new Set([
  's3 CopyObject',
  's3 CompleteMultipartUpload',
  's3 UploadPartCopy',
]);

/** The fault as it can befall this operation: what only long copies know is a refusal for all others. */
export function fitting(fault: Fault, operation: string): Fault {
  return fault.startsWith('errorIn200') && !LONG.has(operation) ? 'broken' : fault;
}

/** All faults together at a rate, each with its share. */
export function ratesOf(total: number): Rates {
  const shares = {
    throttled: 5,
    broken: 3,
    resetBefore: 4,
    resetAfter: 4,
    slow: 4,
    truncated: 4,
    errorIn200Before: 3,
    errorIn200After: 3,
  };
  const all = Object.values(shares).reduce((sum, share) => sum + share, 0);
  return Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, (total * share) / all]));
}

/** The refusal of a service, in its own shape. */
export function refusal(operation: string, fault: 'throttled' | 'broken'): Answer {
  const [service = ''] = operation.split(' ');
  if (service === 's3') return s3Refusal(operation, fault);
  const type = JSON_ERRORS[service]?.[fault] ?? 'ThrottlingException';
  const [, name = type] = type.split('#');
  return {
    status: fault === 'throttled' ? 400 : 500,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-error': `${name};Sender` },
    body: Buffer.from(JSON.stringify({ __type: type, message: `injected: ${fault}` })),
  };
}

const JSON_ERRORS: Readonly<Record<string, Readonly<Record<'throttled' | 'broken', string>>>> = {
  dynamodb: {
    throttled: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    broken: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
  },
  sqs: { throttled: 'com.amazonaws.sqs#RequestThrottled', broken: 'com.amazonaws.sqs#InternalFailure' },
  events: { throttled: 'ThrottlingException', broken: 'InternalException' },
};

function s3Refusal(operation: string, fault: 'throttled' | 'broken'): Answer {
  const status = fault === 'throttled' ? 503 : 500;
  // An answer to a HEAD has no body: its status is all there is.
  if (operation.startsWith('s3 Head')) return { status, headers: {}, body: Buffer.alloc(0) };
  return { ...errorBody(fault === 'throttled' ? 'SlowDown' : 'InternalError'), status };
}

/** An error of S3's, with the status of a success. */
export function errorBody(code: string): Answer {
  const xml =
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code>` +
    '<Message>injected</Message><RequestId>0</RequestId></Error>';
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
}
