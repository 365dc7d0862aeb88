/** The queues of buckets and of restores. `report` takes the jobs that ended. */
export const BUCKET_QUEUES = ['capture', 'backlog', 'reconcile', 'restore', 'restoreWork', 'report'] as const;
export type BucketQueue = (typeof BUCKET_QUEUES)[number];

/**
 * The queues of WorkDocs: `site` takes polls and crawls, `documents` and `largeDocuments` what they found, `import` the
 * steps of imports.
 */
export const SITE_QUEUES = ['site', 'documents', 'largeDocuments', 'import'] as const;

/** The queues between the functions. */
export const QUEUES = [...BUCKET_QUEUES, ...SITE_QUEUES] as const;
export type QueueName = (typeof QUEUES)[number];

/** `delaySeconds`: not to be delivered before; SQS allows 900. */
export type SendOptions = { readonly delaySeconds?: number };

/**
 * Sends work, all of it or, asked to send none, nothing. At least once, unordered.
 * @throws a HoldfastError with remedy `retry` when not all messages were accepted; sending again is harmless
 */
export interface WorkQueue {
  send(queue: QueueName, bodies: readonly string[], options?: SendOptions): Promise<void>;
}
