import { BILLED, ENTRY_BYTES, type RequestKind } from '@holdfast/core/cost/requests.ts';
import type { Usage } from '@holdfast/core/cost/usage.ts';
import type { Catalog } from '@holdfast/core/ports/catalog.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import type { Modelled } from './settings.ts';

/** One request: what it is called at AWS, how long it takes, what is billed, which limit it counts against. */
export type Operation = {
  readonly kind: string;
  readonly latency: keyof Modelled['latency'];
  readonly usage: Partial<Usage>;
  readonly limit: 's3Writes' | 's3Reads' | 'tableWrites' | 'tableReads';
  readonly cpu: keyof Modelled['cpu'];
  /** Requests that AWS would need for what is one here. */
  readonly requests?: number;
};

type Table<Port> = Readonly<Record<keyof Port, Operation>>;

function s3Write(kind: RequestKind, name: string, latency: Operation['latency'] = 'put'): Operation {
  return { kind: `s3 ${name}`, latency, usage: BILLED[kind], limit: 's3Writes', cpu: 'request' };
}

function s3Read(kind: RequestKind, name: string): Operation {
  return { kind: `s3 ${name}`, latency: 'head', usage: BILLED[kind], limit: 's3Reads', cpu: 'request' };
}

function s3List(kind: RequestKind, name: string): Operation {
  return { kind: `s3 ${name}`, latency: 'list', usage: BILLED[kind], limit: 's3Reads', cpu: 'page' };
}

function tableRead(kind: RequestKind, name: string): Operation {
  return {
    kind: `dynamodb ${name}`,
    latency: 'table',
    usage: BILLED[kind],
    limit: 'tableReads',
    cpu: 'request',
  };
}

function tableWrite(kind: RequestKind, name: string): Operation {
  return {
    kind: `dynamodb ${name}`,
    latency: 'table',
    usage: BILLED[kind],
    limit: 'tableWrites',
    cpu: 'request',
  };
}

export const STORE_OPERATIONS: Table<Omit<ObjectStore, 'ofAccount'>> = {
  head: s3Read('head', 'HeadObject'),
  bucket: s3Read('bucket', 'HeadBucket'),
  list: s3List('list', 'ListObjectsV2'),
  listVersions: s3List('listVersions', 'ListObjectVersions'),
  copy: s3Write('copy', 'CopyObject', 'copy'),
  beginMultipart: s3Write('beginMultipart', 'CreateMultipartUpload'),
  copyPart: s3Write('copyPart', 'UploadPartCopy', 'copy'),
  listParts: s3Write('listParts', 'ListParts', 'head'),
  completeMultipart: s3Write('completeMultipart', 'CompleteMultipartUpload'),
  abortMultipart: s3Write('abortMultipart', 'AbortMultipartUpload'),
  thaw: s3Write('thaw', 'RestoreObject'),
  getTags: s3Read('getTags', 'GetObjectTagging'),
  getAcl: s3Read('getAcl', 'GetObjectAcl'),
  ownership: s3Read('ownership', 'GetBucketOwnershipControls'),
  putTags: s3Write('putTags', 'PutObjectTagging'),
  hide: s3Write('hide', 'DeleteObject'),
  put: s3Write('put', 'PutObject'),
  write: s3Write('put', 'PutObject'),
  writePart: s3Write('copyPart', 'UploadPart', 'copy'),
  get: s3Read('get', 'GetObject'),
  open: s3Read('get', 'GetObject'),
};

export const CATALOG_OPERATIONS: Table<Catalog> = {
  getEntry: tableRead('getEntry', 'GetItem'),
  putEntry: tableWrite('putEntry', 'PutItem'),
  // A page of DynamoDB is one MB: more entries than the thousand of the memory adapter.
  stampEntry: tableWrite('putEntry', 'UpdateItem'),
  listEntries: {
    ...tableRead('listEntries', 'Query'),
    latency: 'tablePage',
    cpu: 'page',
    requests: (1000 * ENTRY_BYTES) / 2 ** 20,
  },
  listUnprotected: { ...tableRead('listUnprotected', 'Query'), latency: 'tablePage', cpu: 'page' },
  getSource: tableRead('getSource', 'GetItem'),
  putSource: tableWrite('putSource', 'PutItem'),
  patchSource: tableWrite('patchSource', 'UpdateItem'),
  moveCursor: tableWrite('patchSource', 'UpdateItem'),
  listSources: tableRead('listSources', 'Query'),
  addActivity: tableWrite('addActivity', 'UpdateItem'),
  resetTotals: tableWrite('resetTotals', 'UpdateItem'),
  createJob: tableWrite('createJob', 'PutItem'),
  getJob: tableRead('getJob', 'GetItem'),
  listJobs: tableRead('listJobs', 'Query'),
  completeStep: { ...tableWrite('completeStep', 'TransactWriteItems'), latency: 'transaction' },
  getStep: tableRead('getStep', 'GetItem'),
  listProblems: tableRead('listProblems', 'Query'),
  enterDeletions: tableWrite('enterDeletions', 'UpdateItem'),
  addThaw: tableWrite('addThaw', 'PutItem'),
  getThaw: tableRead('getThaw', 'GetItem'),
  patchThaw: tableWrite('patchThaw', 'UpdateItem'),
  listThaws: { ...tableRead('listThaws', 'Query'), latency: 'tablePage', cpu: 'page' },
  putThawingJob: tableWrite('putThawingJob', 'PutItem'),
  getThawingJob: tableRead('getThawingJob', 'GetItem'),
  listThawingJobs: tableRead('listThawingJobs', 'Query'),
  finishJob: tableWrite('finishJob', 'UpdateItem'),
};
