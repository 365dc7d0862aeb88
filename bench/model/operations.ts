import type { Usage } from '@holdfast/core/model/cost/usage.ts';
import type { Catalog } from '@holdfast/core/ports/catalog.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import type { Modelled } from './settings.ts';

/** One request: what it is called at AWS, how long it takes, what is billed, which limit it counts against. */
export type Operation = {
  readonly kind: string;
  readonly latency: keyof Modelled['latency'];
  readonly usage: Partial<Usage>;
  readonly limit: 's3Writes' | 's3Reads' | 'tableWrites' | 'tableReads' | 'none';
  readonly cpu: keyof Modelled['cpu'];
};

type Table<Port> = Readonly<Record<keyof Port, Operation>>;

function s3Write(name: string, latency: Operation['latency'] = 'put'): Operation {
  return { kind: `s3 ${name}`, latency, usage: { s3Writes: 1 }, limit: 's3Writes', cpu: 'request' };
}

function s3Read(name: string): Operation {
  return { kind: `s3 ${name}`, latency: 'head', usage: { s3Reads: 1 }, limit: 's3Reads', cpu: 'request' };
}

function s3List(name: string): Operation {
  return { kind: `s3 ${name}`, latency: 'list', usage: { s3Writes: 1 }, limit: 's3Reads', cpu: 'page' };
}

function tableRead(name: string, units = 1): Operation {
  const usage = { tableReads: units };
  return { kind: `dynamodb ${name}`, latency: 'table', usage, limit: 'tableReads', cpu: 'request' };
}

function tableWrite(name: string): Operation {
  const usage = { tableWrites: 1 };
  return { kind: `dynamodb ${name}`, latency: 'table', usage, limit: 'tableWrites', cpu: 'request' };
}

export const STORE_OPERATIONS: Table<ObjectStore> = {
  head: s3Read('HeadObject'),
  bucket: s3Read('HeadBucket'),
  list: s3List('ListObjectsV2'),
  listVersions: s3List('ListObjectVersions'),
  copy: s3Write('CopyObject', 'copy'),
  beginMultipart: s3Write('CreateMultipartUpload'),
  copyPart: s3Write('UploadPartCopy', 'copy'),
  listParts: s3Write('ListParts', 'head'),
  completeMultipart: s3Write('CompleteMultipartUpload'),
  abortMultipart: { ...s3Write('AbortMultipartUpload'), usage: {} },
  getTags: s3Read('GetObjectTagging'),
  putTags: s3Write('PutObjectTagging'),
  hide: { ...s3Write('DeleteObject'), usage: {} },
  put: s3Write('PutObject'),
  get: s3Read('GetObject'),
};

/** A page of entries is 1,000 of them, read eventually consistent: half a unit for each 4 KB. */
const ENTRIES_PAGE: Operation = {
  ...tableRead('Query', (1000 * 600) / 4096 / 2),
  latency: 'tablePage',
  cpu: 'page',
};

export const CATALOG_OPERATIONS: Table<Catalog> = {
  getEntry: tableRead('GetItem'),
  putEntry: tableWrite('PutItem'),
  listEntries: ENTRIES_PAGE,
  listUnprotected: { ...ENTRIES_PAGE, usage: { tableReads: 0.5 } },
  getSource: tableRead('GetItem'),
  putSource: tableWrite('PutItem'),
  patchSource: tableWrite('UpdateItem'),
  listSources: tableRead('Query'),
  addActivity: tableWrite('UpdateItem'),
  resetTotals: tableWrite('UpdateItem'),
  createJob: tableWrite('PutItem'),
  getJob: tableRead('GetItem'),
  listJobs: tableRead('Query'),
  // A put and an update, each double because they are in a transaction.
  completeStep: {
    ...tableWrite('TransactWriteItems'),
    latency: 'transaction',
    usage: { tableWrites: 4 },
  },
  getStep: tableRead('GetItem'),
  listProblems: tableRead('Query'),
  enterDeletions: tableWrite('UpdateItem'),
  finishJob: tableWrite('UpdateItem'),
};
