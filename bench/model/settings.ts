import type { Spread } from './random.ts';

/**
 * What the model assumes of AWS. Each value stands here once, with where it comes from: `measured` is measured by
 * bench/model/cpu.ts, `documented` is AWS's documentation, `published` somebody's measurement, `assumed` a guess that
 * is meant to be on the slow side.
 */
export type Modelled = {
  /** Milliseconds from request to answer, as a function sees it. */
  readonly latency: {
    readonly copy: Spread;
    readonly head: Spread;
    readonly put: Spread;
    readonly list: Spread;
    readonly table: Spread;
    readonly tablePage: Spread;
    readonly transaction: Spread;
    readonly queue: Spread;
    /** From a change at the source to its message in the capture queue. */
    readonly event: Spread;
    /** From a message being there to a function having it, beside the batching window. */
    readonly poll: Spread;
    readonly init: Spread;
  };
  /** CPU milliseconds on a whole CPU. */
  readonly cpu: { readonly request: number; readonly page: number };
  readonly limits: {
    readonly s3WritesPerSecond: number;
    readonly s3ReadsPerSecond: number;
    readonly tableWriteUnits: number;
    readonly tableReadUnits: number;
    /** Partitions that the entries of one source are spread over, in key order. */
    readonly tablePartitions: number;
    readonly pollersAtFirst: number;
    readonly pollersPerMinute: number;
    /** MiB of function memory that come with one whole CPU. */
    readonly memoryPerCpu: number;
  };
  readonly sdk: {
    readonly s3Attempts: number;
    readonly tableAttempts: number;
    readonly throttledDelayMs: number;
    readonly longestDelayMs: number;
    readonly retryTokens: number;
    readonly retryCost: number;
  };
  /** Bytes that CloudWatch Logs is sent. */
  readonly logs: { readonly perInvocation: number; readonly perObject: number };
  readonly entryBytes: number;
};

export const DEFAULTS: Modelled = {
  latency: {
    copy: { median: 40, p99: 200 },
    head: { median: 15, p99: 80 },
    put: { median: 30, p99: 150 },
    list: { median: 100, p99: 400 },
    table: { median: 5, p99: 25 },
    tablePage: { median: 30, p99: 120 },
    transaction: { median: 12, p99: 50 },
    queue: { median: 10, p99: 60 },
    event: { median: 700, p99: 5000 },
    poll: { median: 16, p99: 105 },
    init: { median: 500, p99: 1000 },
  },
  cpu: { request: 0.5, page: 10 },
  limits: {
    s3WritesPerSecond: 3500,
    s3ReadsPerSecond: 5500,
    tableWriteUnits: 1000,
    tableReadUnits: 3000,
    tablePartitions: 1,
    pollersAtFirst: 5,
    pollersPerMinute: 300,
    memoryPerCpu: 1769,
  },
  sdk: {
    s3Attempts: 5,
    tableAttempts: 6,
    throttledDelayMs: 500,
    longestDelayMs: 20_000,
    retryTokens: 500,
    retryCost: 5,
  },
  logs: { perInvocation: 2000, perObject: 40 },
  entryBytes: 600,
};

/** S3 as slow as its own guide says of small requests without care: 100 to 200 ms. */
export const SLOW_S3: Modelled = {
  ...DEFAULTS,
  latency: {
    ...DEFAULTS.latency,
    copy: { median: 120, p99: 600 },
    head: { median: 40, p99: 200 },
    put: { median: 100, p99: 500 },
    list: { median: 250, p99: 1000 },
  },
};

/** The settings in words: name, value, source. */
export function settingsTable({ latency, cpu, limits, sdk, logs, entryBytes }: Modelled): string[][] {
  const ms = ({ median, p99 }: Spread) => `${median} ms, p99 ${p99} ms`;
  return [
    ['CopyObject, small', ms(latency.copy), 'assumed; 60 to 130 ms published for an upload from a function'],
    ['HeadObject, tags', ms(latency.head), 'assumed'],
    ['PutObject (reports)', ms(latency.put), 'assumed'],
    ['ListObjectsV2, ListObjectVersions, 1,000 keys', ms(latency.list), 'assumed'],
    ['DynamoDB read, write', ms(latency.table), 'documented: single-digit milliseconds; p99 assumed'],
    ['DynamoDB Query page, transaction', `${ms(latency.tablePage)}; ${ms(latency.transaction)}`, 'assumed'],
    ['SQS SendMessageBatch', ms(latency.queue), 'assumed'],
    [
      'change to message in the queue',
      ms(latency.event),
      'assumed; S3: "usually in seconds"; EventBridge alone 148 ms, p99 387 ms published',
    ],
    ['message to function', ms(latency.poll), 'published: SQS standard queue to Lambda'],
    [
      'start of an instance',
      ms(latency.init),
      'assumed: four times what a bundle of 500 KiB takes on a whole CPU',
    ],
    [
      'CPU for each request; each page of a listing',
      `${cpu.request} ms; ${cpu.page} ms`,
      'measured on a whole CPU, without TLS: node bench/model/cpu.ts',
    ],
    [
      'function memory that comes with one CPU',
      `${limits.memoryPerCpu} MiB`,
      'documented; less memory, less of it',
    ],
    [
      'S3, each bucket as one prefix',
      `${limits.s3WritesPerSecond} writes/s, ${limits.s3ReadsPerSecond} reads/s, then 503`,
      'documented; S3 splits busy prefixes later, which is left out',
    ],
    [
      'DynamoDB, each partition',
      `${limits.tableWriteUnits} write units/s, ${limits.tableReadUnits} read units/s`,
      `documented; the entries of a source are on ${limits.tablePartitions} partition(s) unless said otherwise`,
    ],
    [
      'messages that trickle in',
      'one ReceiveMessage each',
      'assumed: a long poll answers as soon as there is one',
    ],
    [
      'pollers of a queue',
      `${limits.pollersAtFirst} at first, ${limits.pollersPerMinute} more a minute, up to MaximumConcurrency`,
      'documented',
    ],
    [
      'retries in the SDK',
      `${sdk.s3Attempts} attempts (S3), ${sdk.tableAttempts} (DynamoDB); up to ${sdk.throttledDelayMs} ms doubled each time`,
      "the adapters' settings and the SDK's source",
    ],
    ['one entry', `${entryBytes} bytes: one write unit`, 'measured on entries with keys of 20 characters'],
    ['logs', `${logs.perInvocation} bytes an invocation, ${logs.perObject} an object`, 'assumed'],
  ];
}
