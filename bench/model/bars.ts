/** The design's numbers to hold, as far as a model can look at them. */
export const BARS = {
  /** Dollars for a million changed objects. */
  dollarsPerMillion: 8,
  /** Of requests to SQS, for each changed object. */
  queueRequests: 0.4,
  /** Seconds from the event's arrival. */
  lagP50: 10,
  lagP99: 60,
  /** Requests of a reconcile with nothing changed, for each 1,000 objects. */
  unchangedRequests: 2,
} as const;

export type Verdict = { readonly bar: string; readonly value: string; readonly met: boolean };

export function verdict(bar: string, value: number, limit: number, unit = ''): Verdict {
  return { bar: `${bar} ≤ ${limit}${unit}`, value: `${value.toPrecision(3)}${unit}`, met: value <= limit };
}
