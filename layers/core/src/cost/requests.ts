import { sumUsage, timesUsage, type Usage } from './usage.ts';

const S3_WRITE = { s3Writes: 1 };
const S3_READ = { s3Reads: 1 };
const FREE = {};
const TABLE_WRITE = { tableWrites: 1 };
const TABLE_READ = { tableReads: 1 };

/** Bytes of an entry whose key has some twenty characters. Up to 1 KB it is one write unit. */
export const ENTRY_BYTES = 600;
const PAGE = 1000;
const READ_UNIT_BYTES = 4096;

/** What one request is billed as, by the method of the port that makes it. */
export const BILLED = {
  head: S3_READ,
  bucket: S3_READ,
  list: S3_WRITE,
  listVersions: S3_WRITE,
  copy: S3_WRITE,
  beginMultipart: S3_WRITE,
  copyPart: S3_WRITE,
  listParts: S3_WRITE,
  completeMultipart: S3_WRITE,
  abortMultipart: FREE,
  /** Its price is the tier's: see thaw-prices.ts. */
  thaw: FREE,
  getTags: S3_READ,
  getAcl: S3_READ,
  ownership: S3_READ,
  putTags: S3_WRITE,
  hide: FREE,
  put: S3_WRITE,
  get: S3_READ,
  getEntry: TABLE_READ,
  putEntry: TABLE_WRITE,
  /** A full page, eventually consistent: half a unit for each 4 KB. */
  listEntries: { tableReads: (PAGE * ENTRY_BYTES) / READ_UNIT_BYTES / 2 },
  /** A page with nothing on it. */
  emptyPage: { tableReads: 0.5 },
  listUnprotected: { tableReads: 0.5 },
  getSource: TABLE_READ,
  putSource: TABLE_WRITE,
  patchSource: TABLE_WRITE,
  listSources: TABLE_READ,
  addActivity: TABLE_WRITE,
  resetTotals: TABLE_WRITE,
  createJob: TABLE_WRITE,
  getJob: TABLE_READ,
  listJobs: TABLE_READ,
  /** A put and an update, each double because they are in a transaction. */
  completeStep: { tableWrites: 4 },
  getStep: TABLE_READ,
  listProblems: TABLE_READ,
  enterDeletions: TABLE_WRITE,
  finishJob: TABLE_WRITE,
  addThaw: TABLE_WRITE,
  getThaw: TABLE_READ,
  patchThaw: TABLE_WRITE,
  listThaws: TABLE_READ,
  putThawingJob: TABLE_WRITE,
  getThawingJob: TABLE_READ,
  listThawingJobs: TABLE_READ,
  /** A bucket's notifications are read; what EventBridge is asked about a rule is free. */
  ensure: S3_READ,
  /** SendMessageBatch, ReceiveMessage, DeleteMessageBatch; also what EventBridge sends. */
  queue: { queueRequests: 1 },
  event: { events: 1 },
} as const satisfies Readonly<Record<string, Partial<Usage>>>;
export type RequestKind = keyof typeof BILLED;

/** Requests by kind. */
export type Requests = Partial<Readonly<Record<RequestKind, number>>>;

export function usageOf(requests: Requests): Usage {
  return sumUsage(Object.entries(requests).map(([kind, n]) => timesUsage(BILLED[kind as RequestKind], n)));
}

/** Several counts as one. */
export function sumRequests(all: readonly Requests[]): Requests {
  const sum: Record<string, number> = {};
  for (const requests of all) {
    for (const [kind, n] of Object.entries(requests)) sum[kind] = (sum[kind] ?? 0) + n;
  }
  return sum as Requests;
}

/** The same requests so many times. */
export function timesRequests(requests: Requests, factor: number): Requests {
  return Object.fromEntries(Object.entries(requests).map(([kind, n]) => [kind, n * factor])) as Requests;
}
