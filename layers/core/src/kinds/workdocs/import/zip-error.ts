import { HoldfastError, isStoreError } from '../../../model/errors.ts';
import type { Refusal } from './entry-path.ts';

/** A zip, or an entry of one, that is not as zips are. Reading it again would find the same. */
export class ZipError extends HoldfastError {
  readonly reason: string;

  constructor(reason: string, message: string, options?: { cause?: unknown }) {
    super(message, 'user', options);
    this.reason = reason;
  }
}

const STORE_REASONS: Readonly<Record<string, Refusal>> = {
  archived: {
    reason: 'archived',
    detail: 'the zip is in an archive storage class: thaw it, then import again',
  },
  'access-denied': {
    reason: 'access-denied',
    detail: 'access to the zip is denied: check the bucket policy and the KMS key policy, then import again',
  },
  'customer-key': {
    reason: 'customer-key',
    detail: 'the zip is encrypted with a customer-provided key (SSE-C), which only its owner can read',
  },
  'not-found': { reason: 'changed', detail: 'the zip is gone since it was listed: import again' },
  'precondition-failed': {
    reason: 'changed',
    detail: 'the zip was replaced since it was listed: import again',
  },
};

/** Why a zip's bytes could not be had, if trying again would not help. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof ZipError) return { reason: error.reason, detail: error.message };
  return isStoreError(error) ? STORE_REASONS[error.code] : undefined;
}
