import { messageOf, StoreError, type StoreErrorCode } from '../model/errors.ts';
import { tableOf } from '../model/named-values.ts';

/** What an SDK error tells, whichever class it has. */
type Failure = {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  /** Where S3 says the bucket is, when that is elsewhere. */
  readonly region: string | undefined;
};

// First by S3's own error code: an error in the body of a 200 has no honest status.
const BY_NAME = tableOf<StoreErrorCode>({
  NoSuchKey: 'not-found',
  NoSuchVersion: 'not-found',
  NoSuchUpload: 'not-found',
  NotFound: 'not-found',
  // What S3 says of a version id that names a delete marker.
  MethodNotAllowed: 'not-found',
  NoSuchBucket: 'no-such-bucket',
  AccessDenied: 'access-denied',
  AllAccessDisabled: 'access-denied',
  'KMS.DisabledException': 'access-denied',
  'KMS.NotFoundException': 'access-denied',
  'KMS.KMSInvalidStateException': 'access-denied',
  InvalidObjectState: 'archived',
  ObjectNotInActiveTierError: 'archived',
  GlacierExpeditedRetrievalNotAvailable: 'no-capacity',
  PreconditionFailed: 'precondition-failed',
  ConditionalRequestConflict: 'precondition-failed',
  OperationAborted: 'unavailable',
  SlowDown: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  RequestLimitExceeded: 'throttled',
  TooManyRequestsException: 'throttled',
  'KMS.ThrottlingException': 'throttled',
  InternalError: 'unavailable',
  ServiceUnavailable: 'unavailable',
  InternalException: 'unavailable',
  AccessDeniedException: 'access-denied',
  RequestTimeout: 'unavailable',
  RequestTimeTooSkewed: 'unavailable',
  // The function's next invocation has new credentials.
  ExpiredToken: 'unavailable',
  ExpiredTokenException: 'unavailable',
  TokenRefreshRequired: 'unavailable',
});

const BY_STATUS: Readonly<Record<number, StoreErrorCode>> = {
  403: 'access-denied',
  404: 'not-found',
  405: 'not-found',
  409: 'unavailable',
  412: 'precondition-failed',
  429: 'throttled',
  503: 'throttled',
};

/** S3 names SSE-C only in words. */
const CUSTOMER_KEY = /server.?side encryption|customer.?(provided|key)|SSE-C/i;
/** S3 says the same of both, and of a bucket that was deleted and that somebody else has made again. */
const WHOSE = " (a right is missing, or it is another account's bucket)";
/** Not enough to be sure of anything: 301 to another region, or a signature made for this one. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

/**
 * Translates whatever the SDK threw.
 *
 * @param what what was asked, as it should be read in a log: `copy s3://bucket/key`
 */
export function toStoreError(error: unknown, what: string): StoreError {
  if (error instanceof StoreError) return error;
  const failure = readFailure(error);
  const code = classify(failure);
  const where = failure.region === undefined ? '' : ` (the bucket is in ${failure.region})`;
  const whose = code === 'access-denied' ? WHOSE : '';
  const words = wordsOf(failure);
  return new StoreError(code, `${what}: ${failure.name}: ${words}${where}${whose}`, { cause: error });
}

/** An answer to a HEAD has no body, so no words of its own: then its status is what there is to say. */
function wordsOf({ message, status }: Failure): string {
  const isWordless = message === '' || /^unknown(error)?$/i.test(message);
  if (isWordless && status !== undefined) return `answered with status ${status}`;
  return messageOf(message || 'no message');
}

function classify({ name, message, status, region }: Failure): StoreErrorCode {
  const known = BY_NAME.get(name);
  if (known !== undefined) return known;
  if (ELSEWHERE.has(name) || region !== undefined) return 'invalid';
  if (name === 'InvalidRequest' && CUSTOMER_KEY.test(message)) return 'customer-key';
  // No status: the request never got an answer.
  if (status === undefined) return 'unavailable';
  return BY_STATUS[status] ?? (status >= 500 ? 'unavailable' : 'invalid');
}

function readFailure(error: unknown): Failure {
  if (!(error instanceof Error))
    return { name: 'Error', message: String(error), status: undefined, region: undefined };
  const status = statusOf(error);
  const region = status === 301 || status === 400 ? bucketRegion(error) : undefined;
  return { name: error.name, message: error.message, status, region };
}

/** The HTTP status of an SDK error; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const status = field(field(error, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}

/** The region S3 names in the headers of a redirect or a refusal. */
export function bucketRegion(error: unknown): string | undefined {
  const region = field(field(field(error, '$response'), 'headers'), 'x-amz-bucket-region');
  return typeof region === 'string' ? region : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
