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

/** Everything but the restore targets, as JSON: template.yaml says it once, for every function. */
const SettingsSchema = v.object({
  stack: text,
  account: v.pipe(v.string(), v.regex(/^\d{12}$/, 'not an account')),
  vault: text,
  catalog: text,
  queues: QueueUrlsSchema,
  exactRestores: v.picklist(['true', 'false']),
  aclRestores: v.picklist(['true', 'false']),
  retentionDays: number,
  multipartThresholdMiB: number,
  partMiB: number,
  concurrency: number,
  keysPerStep: number,
  maxReceives: number,
  retryBaseSeconds: number,
});

const EnvSchema = v.object({
  SETTINGS: v.pipe(v.string(), v.parseJson(), SettingsSchema),
  /** Bucket-name globs, comma separated; may be empty. Apart from the rest: a name may hold what JSON may not. */
  RESTORE_TARGETS: v.string(),
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
  const { SETTINGS: is, RESTORE_TARGETS } = parsed.output;
  return {
    stack: is.stack,
    account: is.account,
    table: is.catalog,
    queues: is.queues,
    retentionDays: is.retentionDays,
    retryBaseSeconds: is.retryBaseSeconds,
    settings: settingsOf(is, restoreTargets(is.stack, RESTORE_TARGETS)),
  };
}

function settingsOf(is: v.InferOutput<typeof SettingsSchema>, targets: readonly string[]): Settings {
  return {
    vault: is.vault,
    multipartThresholdBytes: is.multipartThresholdMiB * MIB,
    tagCopyMaxBytes: TAG_COPY_MAX_BYTES,
    partBytes: is.partMiB * MIB,
    concurrency: is.concurrency,
    keysPerStep: is.keysPerStep,
    treeDocuments: MAX_TREE_DOCUMENTS,
    maxRanges: MAX_RANGES,
    graceMs: GRACE_MS,
    maxReceives: is.maxReceives,
    restoreTargets: targets,
    exactRestores: is.exactRestores === 'true',
    aclRestores: is.aclRestores === 'true',
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
