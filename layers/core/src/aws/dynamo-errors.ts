import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { CatalogError, HoldfastError, messageOf } from '../model/errors.ts';
import { statusOf } from './s3-errors.ts';

const TEMPORARY: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'Throttling',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'TransactionInProgressException',
  'TransactionCanceledException',
  'ReplicatedWriteConflictException',
  'InternalServerError',
  'ServiceUnavailable',
  'ExpiredTokenException',
]);

/** Reasons for a cancelled transaction that another attempt can mend. */
const TEMPORARY_REASONS: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Translates what the SDK threw: what time mends goes back to the queue, all else is a broken set-up. */
export function toCatalogError(error: unknown, what: string): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const name = error instanceof Error ? error.name : 'Error';
  const message = `${what} in the catalog: ${name}: ${messageOf(error)}`;
  const status = statusOf(error);
  // No status: the request never got an answer.
  const temporary = TEMPORARY.has(name) || status === undefined || status >= 500;
  return temporary
    ? new CatalogError(message, { cause: error })
    : new HoldfastError(message, 'fatal', { cause: error });
}

export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

/** Another transaction held the item: worth trying again at once. The SDK does not do that by itself. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'TransactionConflictException') return true;
  return failedCondition(error) === undefined && reasons(error).some((code) => TEMPORARY_REASONS.has(code));
}

/** Which write's condition cancelled a transaction. */
export function failedCondition(error: unknown): number | undefined {
  const index = reasons(error).indexOf('ConditionalCheckFailed');
  return index === -1 ? undefined : index;
}

function reasons(error: unknown): string[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
}
