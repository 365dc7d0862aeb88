import { JOB_STATES } from '@holdfast/core/model/job.ts';
import { WIRING_STATES } from '@holdfast/core/model/source.ts';
import * as v from 'valibot';
import { Moment } from './moment.ts';

/**
 * How long captures took since the last complete reconcile: so many seconds were enough for half of them, and for 99 %
 * of them. Null above an hour.
 */
const LagSchema = v.strictObject({
  captures: v.number(),
  p50Seconds: v.nullable(v.number()),
  p99Seconds: v.nullable(v.number()),
});
export type Lag = v.InferOutput<typeof LagSchema>;

/**
 * Up to when what changed is known to be in the vault: `canary`, a tiny object that was read back; `check`, the hourly
 * look at wiring and listing that found all well; `poll`, of a WorkDocs site, its activities.
 */
const RpoSchema = v.strictObject({
  by: v.picklist(['canary', 'check', 'poll']),
  /** What changed until then is in the vault; null: nothing has shown it yet. */
  at: v.nullable(Moment),
  /** Of a canary: from its writing to its record. */
  lagSeconds: v.nullable(v.number()),
  everySeconds: v.number(),
  /** When it was last looked at, whatever was found. */
  checkedAt: v.nullable(Moment),
  /** Changed objects of which no event came, at the last check. */
  missed: v.number(),
  /** What the last check found, in words. */
  trouble: v.nullable(v.string()),
  /** Two intervals, and a while, have passed since. */
  overdue: v.boolean(),
});
export type Rpo = v.InferOutput<typeof RpoSchema>;

/**
 * One source. `unregistered` is one whose stack is there and whose row in the catalog is not: a protect that was left
 * half done, or a catalog that was lost.
 */
export const SourceJsonSchema = v.strictObject({
  source: v.string(),
  /** The account that the bucket belonged to when it was protected. Null for a site, and where an earlier version protected it. */
  account: v.nullable(v.string()),
  state: v.picklist(['protected', 'unprotected', 'unregistered']),
  prefix: v.nullable(v.string()),
  include: v.array(v.string()),
  exclude: v.array(v.string()),
  /** Globs that the version which protected it read otherwise, and how. */
  globChanges: v.array(v.strictObject({ glob: v.string(), change: v.string() })),
  /** Of globs that an earlier version took and that are too slow together now: the steps a key may take, and the most that is taken. */
  slowGlobs: v.nullable(v.strictObject({ steps: v.number(), most: v.number() })),
  /** Whether tags that change after the upload are captured; null of a site. `earlier`: protected before that was. */
  tagChanges: v.nullable(v.picklist(['on', 'off', 'earlier'])),
  /** Whether the objects' ACLs are remembered; `disabled`: they are to be, and the bucket has them switched off. Null of a site. */
  acls: v.nullable(v.picklist(['on', 'off', 'disabled'])),
  protectedAt: v.nullable(Moment),
  wiring: v.picklist(WIRING_STATES),
  wiringDetail: v.nullable(v.string()),
  /** Its small stack, and what CloudFormation says of it. */
  stack: v.nullable(v.strictObject({ name: v.string(), status: v.string() })),
  objects: v.number(),
  bytes: v.number(),
  unprotected: v.number(),
  /** Null of what is not protected, of an import, and of a bucket that an earlier version protected. */
  rpo: v.nullable(RpoSchema),
  /** The canary of a bucket, as a URI. */
  canary: v.nullable(v.string()),
  /** An earlier version protected it, and nothing checks it each hour: the command that does, by which it is renewed. */
  renewWith: v.nullable(v.string()),
  /** Null when nothing was captured by an event since the last reconcile. */
  lag: v.nullable(LagSchema),
  lastEventAt: v.nullable(Moment),
  /** Of a live WorkDocs site: when its activities were last read. */
  lastPollAt: v.nullable(Moment),
  /** Of an import: the export that it came from. */
  importedFrom: v.nullable(v.string()),
  /** Of an import: how the last one ended, and how much of what it read is not in the vault. */
  lastImport: v.nullable(
    v.strictObject({ job: v.string(), state: v.picklist(JOB_STATES), left: v.number(), at: Moment }),
  ),
  lastReconcileAt: v.nullable(Moment),
  lastReconcileJob: v.nullable(v.string()),
  /** When the vault had last been compared whole. */
  vaultComparedAt: v.nullable(Moment),
  /** That was more than two weeks ago, though it should take one. Null of an import, and of what is not protected. */
  vaultOverdue: v.nullable(v.boolean()),
  heldDeletions: v.nullable(v.strictObject({ job: v.string(), count: v.number(), at: Moment })),
  unreachable: v.nullable(v.string()),
});
export type SourceJson = v.InferOutput<typeof SourceJsonSchema>;

export const SourcesSchema = v.strictObject({ sources: v.array(SourceJsonSchema) });
export type Sources = v.InferOutput<typeof SourcesSchema>;
