import type { Entry } from './entry.ts';

/**
 * What became of a change. `vanished`: gone before it was ever captured. `copying`: in parts, by messages. `tagged`: the
 * same bytes, with other tags than before.
 */
export type CaptureOutcome = {
  readonly kind: 'captured' | 'tagged' | 'deleted' | 'vanished' | 'unprotected' | 'copying' | 'unchanged';
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
};
