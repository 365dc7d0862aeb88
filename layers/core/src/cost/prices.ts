/**
 * List prices in US dollars, without free tiers and discounts for volume. Storage is per GB of 10^9 bytes as the price
 * list has it, and a month.
 *
 * Sources: aws.amazon.com/s3/pricing, /dynamodb/pricing/on-demand (after the halving of November 2024), /sqs/pricing,
 * /lambda/pricing, /cloudwatch/pricing. EventBridge names S3's events "opt-in data events" and charges for them as for
 * custom ones; third parties say that they are free: the higher of the two is taken.
 */
export const PRICES = {
  region: 'us-east-1',
  date: '2026-09',
  perMillion: {
    /** PUT, COPY, POST, LIST in S3 Standard. */
    s3Writes: 5,
    /** GET, HEAD and all others; DELETE is free. */
    s3Reads: 0.4,
    tableWrites: 0.625,
    tableReads: 0.125,
    queueRequests: 0.4,
    events: 1,
    invocations: 0.2,
  },
  /** Lambda on arm64. Start-up is billed as well. */
  gbSecond: 0.0000133334,
  /** CloudWatch Logs, for each GB that is written. */
  logGb: 0.5,
  /** A custom metric in CloudWatch, a month. */
  metricMonth: 0.3,
  /** For each metric that an alarm looks at; an anomaly band counts as three. */
  alarmMonth: 0.1,
  compositeAlarmMonth: 0.5,
  /** A key in KMS, a month. */
  keyMonth: 1,
  tableGbMonth: 0.25,
  /** Point-in-time recovery. */
  tableBackupGbMonth: 0.2,
} as const;

/** Classes that the vault's copies can be in. */
export const VAULT_CLASSES = ['STANDARD', 'STANDARD_IA', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'] as const;
export type VaultClass = (typeof VAULT_CLASSES)[number];

type ClassPrice = {
  readonly gbMonth: number;
  /** To move a million objects there by lifecycle. */
  readonly movesPerMillion: number;
  /** The size that smaller objects are billed as. */
  readonly leastBytes: number;
  /** Days that are billed also when an object goes earlier. */
  readonly leastDays: number;
  /** Bytes that are added to each object: in the class itself, and in STANDARD for its name. */
  readonly overheadBytes?: { readonly own: number; readonly standard: number };
  /** To read a GB back. */
  readonly readGb: number;
};

const KIB = 1024;
/** S3 moves nothing smaller by lifecycle unless told to; then it stays where it is. */
export const LEAST_MOVED_BYTES = 128 * KIB;

export const CLASS_PRICES: Readonly<Record<VaultClass, ClassPrice>> = {
  STANDARD: { gbMonth: 0.023, movesPerMillion: 0, leastBytes: 0, leastDays: 0, readGb: 0 },
  STANDARD_IA: {
    gbMonth: 0.0125,
    movesPerMillion: 10,
    leastBytes: 128 * KIB,
    leastDays: 30,
    readGb: 0.01,
  },
  GLACIER_IR: { gbMonth: 0.004, movesPerMillion: 20, leastBytes: 128 * KIB, leastDays: 90, readGb: 0.03 },
  GLACIER: {
    gbMonth: 0.0036,
    movesPerMillion: 30,
    leastBytes: 0,
    leastDays: 90,
    overheadBytes: { own: 32 * KIB, standard: 8 * KIB },
    readGb: 0.01,
  },
  DEEP_ARCHIVE: {
    gbMonth: 0.00099,
    movesPerMillion: 50,
    leastBytes: 0,
    leastDays: 180,
    overheadBytes: { own: 32 * KIB, standard: 8 * KIB },
    readGb: 0.02,
  },
};
