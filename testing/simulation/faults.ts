import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { CatalogError, QueueError, StoreError } from '@holdfast/core/model/errors.ts';
import type { Fate, Request } from './scheduler.ts';

/** What can go wrong with a request; each means what it can mean for the operation it meets. */
export const TROUBLES = [
  'killed-before',
  'killed-after',
  'killed-late',
  'refused',
  'answer-lost',
  'denied',
  'conflict',
  'retried',
] as const;
export type Trouble = (typeof TROUBLES)[number];

/** The fate of a request that trouble meets. */
export function fateOf(trouble: Trouble, request: Request): Fate {
  if (trouble === 'killed-before' || trouble === 'killed-after' || trouble === 'killed-late')
    return { kind: trouble };
  if (trouble === 'denied' && request.op.startsWith('store.')) return denied(request);
  if (trouble === 'denied' && request.op.startsWith('site.'))
    return { kind: 'refused', error: new SiteError('access-denied', 'UnauthorizedResourceAccessException') };
  if (trouble === 'conflict' && isConditional(request))
    return {
      kind: 'refused',
      error: new StoreError('precondition-failed', '409 ConditionalRequestConflict'),
    };
  if (trouble === 'retried') return retried(request);
  return { kind: trouble === 'answer-lost' ? 'answer-lost' : 'refused', error: unavailable(request) };
}

// A 503, a throttled table, a reset connection; and, for a copy, an error in the body of a 200.
function unavailable({ op }: Request): Error {
  if (op.startsWith('catalog.')) return new CatalogError('the table is throttled');
  if (op.startsWith('queue.')) return new QueueError('the queue did not accept all messages');
  if (op.startsWith('site.')) return new SiteError('throttled', 'ThrottlingException');
  return new StoreError('throttled', `503 SlowDown for ${op}`);
}

/** A policy that does not hold yet, or does not any more: a HEAD then answers so, everything else is refused. */
function denied(request: Request): Fate {
  const error = new StoreError('access-denied', '403 AccessDenied');
  if (request.op !== 'store.head') return { kind: 'refused', error };
  return { kind: 'answered', result: { found: false, why: 'access-denied' } };
}

/**
 * The answer was lost, and the SDK asked again: what had a condition then meets its own effect. A transaction carries a
 * token, by which the table knows it again.
 */
function retried(request: Request): Fate {
  const { op } = request;
  if (
    [
      'catalog.putEntry',
      'catalog.createJob',
      'catalog.enterDeletions',
      'catalog.finishJob',
      'catalog.moveCursor',
    ].includes(op)
  )
    return { kind: 'done-and-answered', result: false };
  if (op === 'store.completeMultipart')
    return { kind: 'answer-lost', error: new StoreError('not-found', '404 NoSuchUpload') };
  if (op === 'store.thaw') return { kind: 'done-and-answered', result: 'thawing' };
  if (isConditional(request))
    return { kind: 'answer-lost', error: new StoreError('precondition-failed', '412 PreconditionFailed') };
  return { kind: 'done' };
}

function isConditional({ op, args }: Request): boolean {
  if (op === 'store.copy') return hasField(args[0], 'condition');
  if (op === 'store.hide') return hasField(args[0], 'ifMatch');
  if (op === 'store.put') return args[3] !== undefined;
  return op === 'store.completeMultipart' && args[2] !== undefined;
}

function hasField(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Reflect.get(value, name) !== undefined;
}
