import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import type { ItemResult, Tried } from './item-context.ts';
import type { RecordOutcome } from './keep-record.ts';

/** What became of a record, in the words of captures. @param more what has to be done because of it */
export function outcomeOf(outcome: RecordOutcome, more: Omit<ItemResult, 'outcome'> = {}): Tried {
  if (outcome.kind === 'lost-race') return 'lost-race';
  const { before, after } = outcome;
  const kind = kindOf(outcome.kind, after.reason);
  return { outcome: { kind, before, after }, ...more };
}

function kindOf(kind: 'kept' | 'unchanged', reason: string | undefined): CaptureOutcome['kind'] {
  if (reason === 'copying') return 'copying';
  if (reason !== undefined) return 'unprotected';
  return kind === 'kept' ? 'captured' : 'unchanged';
}
