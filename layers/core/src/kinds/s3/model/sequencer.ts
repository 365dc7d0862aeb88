/** How one S3 event sequencer stands to another of the same key. */
export type SequencerOrder = 'older' | 'same' | 'newer' | 'unknown';

/**
 * Compares two sequencers of one key. Equal lengths compare as text. For different lengths AWS's own pages
 * contradict each other (pad the shorter with zeros on its right, or as a number, on its left), so the answer is
 * `unknown` and the caller looks at the source: a needless copy is harmless, a change taken for a stale one is not.
 * `unknown` too is one that is not there: what a listing found has none.
 * Source: S3 user guide "Event message structure"; AWS re:Post "duplicate SQS messages for the same S3 event".
 */
export function compareSequencers(left: string | undefined, right: string | undefined): SequencerOrder {
  if (left === undefined || left.length !== right?.length) return 'unknown';
  const a = left.toUpperCase();
  const b = right.toUpperCase();
  if (a === b) return 'same';
  return a < b ? 'older' : 'newer';
}
