import { tableOf } from '../../model/named-values.ts';
import type { SiteErrorCode } from './site-error.ts';

/**
 * What WorkDocs' refusals mean. By name, never by status: `UnauthorizedResourceAccessException` comes with 404, as
 * `EntityNotExistsException` does, and only the latter says that something is gone.
 * Source: WorkDocs API reference, the errors of each action.
 */
const BY_NAME = tableOf<SiteErrorCode>({
  EntityNotExistsException: 'not-found',
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  TooManyRequests: 'throttled',
  RequestLimitExceeded: 'throttled',
  Throttling: 'throttled',
  SlowDown: 'throttled',
  LimitExceededException: 'throttled',
  UnauthorizedResourceAccessException: 'access-denied',
  UnauthorizedOperationException: 'access-denied',
  AccessDeniedException: 'access-denied',
  AccessDenied: 'access-denied',
  InvalidPasswordException: 'access-denied',
  UnrecognizedClientException: 'access-denied',
  InvalidClientTokenId: 'access-denied',
  InvalidSignatureException: 'access-denied',
  SignatureDoesNotMatch: 'access-denied',
  OptInRequired: 'access-denied',
  RegionDisabledException: 'access-denied',
  CredentialsProviderError: 'access-denied',
  ConflictingOperationException: 'conflict',
  ConcurrentModificationException: 'conflict',
  EntityAlreadyExistsException: 'conflict',
  ProhibitedStateException: 'conflict',
  ResourceAlreadyCheckedOutException: 'conflict',
  DocumentLockedForCommentsException: 'conflict',
  DraftUploadOutOfSyncException: 'conflict',
  IllegalUserStateException: 'conflict',
  InvalidCommentOperationException: 'conflict',
  ServiceUnavailableException: 'unavailable',
  FailedDependencyException: 'unavailable',
  InternalFailure: 'unavailable',
  InternalServerError: 'unavailable',
  // The next attempt has newer ones.
  ExpiredToken: 'unavailable',
  ExpiredTokenException: 'unavailable',
  InvalidArgumentException: 'invalid',
  InvalidOperationException: 'invalid',
  CustomMetadataLimitExceededException: 'invalid',
  TooManyLabelsException: 'invalid',
  TooManySubscriptionsException: 'invalid',
  RequestedEntityTooLargeException: 'invalid',
  StorageLimitExceededException: 'invalid',
  StorageLimitWillExceedException: 'invalid',
  DeactivatingLastSystemUserException: 'invalid',
  ValidationException: 'invalid',
});

/** The code of a refusal by its name; undefined for a name that is not known. */
export function codeOfException(name: string): SiteErrorCode | undefined {
  return BY_NAME.get(name);
}
