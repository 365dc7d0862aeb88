import * as v from 'valibot';
import { HoldfastError } from '../model/errors.ts';
import type { QueueName } from '../model/queues.ts';
import { TAG_COPY_MAX_BYTES } from '../model/tag-bound.ts';
import { MAX_TREE_DOCUMENTS } from '../model/tree-bound.ts';
import type { Settings } from '../ports/world.ts';
import { QueueUrlsSchema } from './queue-addresses.ts';

const MIB = 1024 * 1024;
const text = v.pipe(v.string(), v.minLength(1));
const number = v.pipe(v.string(), v.regex(/^\d+$/, 'not a whole number'), v.transform(Number));

const EnvSchema = v.object({
  HOLDFAST_STACK: text,
  ACCOUNT_ID: v.pipe(v.string(), v.regex(/^\d{12}$/, 'not an account')),
  VAULT_BUCKET: text,
  CATALOG_TABLE: text,
  QUEUES: QueueUrlsSchema,
  /** Bucket-name globs, comma separated; may be empty. */
  RESTORE_TARGETS: v.string(),
  EXACT_RESTORES: v.picklist(['true', 'false']),
  ACL_RESTORES: v.picklist(['true', 'false']),
  RETENTION_DAYS: number,
  MULTIPART_THRESHOLD_MIB: number,
  PART_MIB: number,
  CONCURRENCY: number,
  KEYS_PER_STEP: number,
  MAX_RECEIVES: number,
  RETRY_BASE_SECONDS: number,
});

/** What a function is told by its environment, read once. */
export type Config = {
  readonly stack: string;
  /** The account that the stack is in, and its buckets. */
  readonly account: string;
  readonly table: string;
  readonly queues: Readonly<Record<QueueName, string>>;
  readonly retentionDays: number;
  readonly retryBaseSeconds: number;
  readonly settings: Settings;
};

/** Ranges of one source listed at the same time. */
const MAX_RANGES = 8;
/** S3 says that events arrive "usually in seconds, sometimes a minute or longer". */
const GRACE_MS = 15 * 60 * 1000;

/**
 * Reads the environment of a function.
 *
 * @throws {HoldfastError} naming everything that is missing or wrong, at once
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = v.safeParse(EnvSchema, env);
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
    throw new HoldfastError(`the environment is not complete: ${problems.join('; ')}`, 'fatal');
  }
  const is = parsed.output;
  return {
    stack: is.HOLDFAST_STACK,
    account: is.ACCOUNT_ID,
    table: is.CATALOG_TABLE,
    queues: is.QUEUES,
    retentionDays: is.RETENTION_DAYS,
    retryBaseSeconds: is.RETRY_BASE_SECONDS,
    settings: settingsOf(is),
  };
}

function settingsOf(is: v.InferOutput<typeof EnvSchema>): Settings {
  return {
    vault: is.VAULT_BUCKET,
    multipartThresholdBytes: is.MULTIPART_THRESHOLD_MIB * MIB,
    tagCopyMaxBytes: TAG_COPY_MAX_BYTES,
    partBytes: is.PART_MIB * MIB,
    concurrency: is.CONCURRENCY,
    keysPerStep: is.KEYS_PER_STEP,
    treeDocuments: MAX_TREE_DOCUMENTS,
    maxRanges: MAX_RANGES,
    graceMs: GRACE_MS,
    maxReceives: is.MAX_RECEIVES,
    restoreTargets: restoreTargets(is.HOLDFAST_STACK, is.RESTORE_TARGETS),
    exactRestores: is.EXACT_RESTORES === 'true',
    aclRestores: is.ACL_RESTORES === 'true',
  };
}

/** The bucket-name globs that restores may write to: always `<stack>-restore-*`, and what the operator added. */
export function restoreTargets(stack: string, parameter: string): string[] {
  const added = parameter.split(',').map((pattern) => pattern.trim());
  return [`${stack}-restore-*`, ...added.filter((pattern) => pattern !== '')];
}

/** The topic that is told of finished jobs, in the environment of the function that does it; undefined for none. */
export function notifyTopic(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const topic = env['NOTIFY_TOPIC_ARN'];
  return topic === '' ? undefined : topic;
}
