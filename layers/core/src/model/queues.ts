/** The queues of buckets and of restores. `report` takes the jobs that ended. */
export const BUCKET_QUEUES = ['capture', 'backlog', 'reconcile', 'restore', 'restoreWork', 'report'] as const;
export type BucketQueue = (typeof BUCKET_QUEUES)[number];

/**
 * The queues of WorkDocs: `site` takes polls and crawls, `documents` and `largeDocuments` what they found, `import` the
 * steps of imports, `siteRestore` the plans of what is brought back from sites.
 */
export const SITE_QUEUES = ['site', 'documents', 'largeDocuments', 'import', 'siteRestore'] as const;

/** The queues between the functions. */
export const QUEUES = [...BUCKET_QUEUES, ...SITE_QUEUES] as const;
export type QueueName = (typeof QUEUES)[number];
