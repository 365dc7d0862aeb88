import { PRICES } from './prices.ts';

/** What is paid for by use, other than storage. */
export type Usage = {
  /** PUT, COPY, POST and LIST. */
  readonly s3Writes: number;
  /** GET, HEAD and the rest; DELETE is free and not counted. */
  readonly s3Reads: number;
  /** Write units of DynamoDB: 1 KB each, double in transactions. */
  readonly tableWrites: number;
  /** Read units of DynamoDB: 4 KB each, half when eventually consistent. */
  readonly tableReads: number;
  readonly queueRequests: number;
  readonly events: number;
  readonly invocations: number;
  readonly gbSeconds: number;
  readonly logGb: number;
};

export const NO_USAGE: Usage = {
  s3Writes: 0,
  s3Reads: 0,
  tableWrites: 0,
  tableReads: 0,
  queueRequests: 0,
  events: 0,
  invocations: 0,
  gbSeconds: 0,
  logGb: 0,
};

/** Several usages as one. */
export function sumUsage(usages: readonly Partial<Usage>[]): Usage {
  const sum: Record<string, number> = { ...NO_USAGE };
  for (const usage of usages) {
    for (const [name, value] of Object.entries(usage)) sum[name] = (sum[name] ?? 0) + value;
  }
  return sum as Usage;
}

/** The same usage so many times. */
export function timesUsage(usage: Partial<Usage>, factor: number): Usage {
  return sumUsage([Object.fromEntries(Object.entries(usage).map(([name, value]) => [name, value * factor]))]);
}

/** What a usage costs, by the service that asks for it. In US dollars at list price. */
export type Dollars = {
  readonly s3: number;
  readonly dynamodb: number;
  readonly sqs: number;
  readonly eventbridge: number;
  readonly lambda: number;
  readonly logs: number;
};

const MILLION = 1_000_000;

export function priceOf(usage: Usage): Dollars {
  const of = (name: keyof typeof PRICES.perMillion) => (usage[name] / MILLION) * PRICES.perMillion[name];
  return {
    s3: of('s3Writes') + of('s3Reads'),
    dynamodb: of('tableWrites') + of('tableReads'),
    sqs: of('queueRequests'),
    eventbridge: of('events'),
    lambda: of('invocations') + usage.gbSeconds * PRICES.gbSecond,
    logs: usage.logGb * PRICES.logGb,
  };
}

export function total(dollars: Dollars): number {
  return Object.values(dollars).reduce((sum, amount) => sum + amount, 0);
}
