import * as v from 'valibot';
import { OWNERSHIPS, takesAcls } from './acl.ts';
import { compileStoredFilter } from './filter.ts';
import { JOB_STATES } from './job.ts';

const moment = v.pipe(v.number(), v.integer());

/** How a WorkDocs site is read. */
export const SiteSettingsSchema = v.object({
  /** Region of the site; absent for the stack's own. */
  region: v.optional(v.string()),
  /** ARN of the role that is assumed to read; absent for the function's own. */
  roleArn: v.optional(v.string()),
  /** Only users that match, as DescribeUsers takes a query. */
  users: v.optional(v.string()),
  /** Set by an import: nothing is polled or crawled. The export that it came from, `s3://bucket/prefix`. */
  importedFrom: v.optional(v.string()),
});
export type SiteSettings = v.InferOutput<typeof SiteSettingsSchema>;

/** What people set when they protect a source; also kept in the vault, so that a lost catalog can be rebuilt. */
export const SourceSettingsSchema = v.object({
  source: v.string(),
  /** The account that the bucket belongs to: that of the stack, also where an earlier version left it out. */
  account: v.optional(v.string()),
  prefix: v.optional(v.string()),
  include: v.optional(v.array(v.string())),
  exclude: v.optional(v.array(v.string())),
  /** The syntax that the globs were checked by; absent of what was protected before `GLOB_SYNTAX`. */
  globSyntax: v.optional(v.number()),
  /** A bucket's canary: the object that is written in each interval, to see it arrive in the vault; and since when. */
  canary: v.optional(v.object({ key: v.string(), since: moment })),
  /** Whether tags that change after the upload are captured; absent of a site, and of what was protected before that was. */
  tagChanges: v.optional(v.boolean()),
  /** Where the ACLs of a bucket's objects are remembered, or were: since when, and until when. */
  acls: v.optional(v.object({ since: moment, until: v.optional(moment) })),
  /** Only of a WorkDocs site; its `prefix` and globs are about paths: `user/folder/name`. */
  site: v.optional(SiteSettingsSchema),
  protectedAt: moment,
  /** Since when a bucket's stack has it checked each hour; absent for one that an earlier version protected. */
  watchedSince: v.optional(moment),
});
export type SourceSettings = v.InferOutput<typeof SourceSettingsSchema>;

/** How a source's events reach the capture queue. */
export const WIRING_STATES = ['ok', 'repaired', 'broken', 'unknown'] as const;
export type WiringState = (typeof WIRING_STATES)[number];

/** Running totals of one source. They are estimates between reconciles; each complete reconcile sets them right. */
export const SourceTotalsSchema = v.object({
  objects: v.number(),
  bytes: v.number(),
  unprotected: v.number(),
  captured: v.number(),
  deleted: v.number(),
});
export type SourceTotals = v.InferOutput<typeof SourceTotalsSchema>;

/** The catalog's row for one source. */
export const SourceSchema = v.object({
  ...SourceSettingsSchema.entries,
  state: v.picklist(['protected', 'unprotected']),
  wiring: v.picklist(WIRING_STATES),
  wiringDetail: v.optional(v.string()),
  totals: SourceTotalsSchema,
  /** Captures since the last complete reconcile, by lag. See `lag.ts`. */
  lag: v.array(v.number()),
  lastEventAt: v.optional(moment),
  /** What the bucket does with ACLs, where those are remembered, as it was last seen. */
  ownership: v.optional(v.picklist(OWNERSHIPS)),
  /** When a reconcile had read the ACLs of all that had been captured before they were remembered. */
  aclsReadAt: v.optional(moment),
  /** Keys that events told of last, one of each of a few groups of folders: where new objects are likely. */
  places: v.optional(v.record(v.string(), v.string())),
  /** The last hourly check: when, when the last one found all well, and what the last one found otherwise. */
  pulse: v.optional(
    v.object({ at: moment, okAt: v.optional(moment), missed: v.number(), trouble: v.optional(v.string()) }),
  ),
  /** The last key that hourly checks went to, on their way round the bucket. */
  pulseAfter: v.optional(v.string()),
  /** When the canary was last written. */
  canaryAt: v.optional(moment),
  /** The newest canary that was read back from the vault: when it was written, and what it took to be recorded there. */
  proven: v.optional(v.object({ writtenAt: moment, lagMs: v.number() })),
  /** A WorkDocs site's activities before this were read, and what they changed is queued. */
  cursor: v.optional(moment),
  /** When a WorkDocs site's activities were last read. */
  lastPollAt: v.optional(moment),
  lastReconcileAt: v.optional(moment),
  lastReconcileJob: v.optional(v.string()),
  /** Up to this key a bucket's vault was compared in the pass that is under way; none: it begins anew. */
  vaultAfter: v.optional(v.string()),
  /** When a pass that compares the vault with the catalog last came to its end. */
  vaultComparedAt: v.optional(moment),
  /** Set while a mass deletion waits for `holdfast approve`. */
  heldDeletions: v.optional(v.object({ job: v.string(), count: v.number(), at: moment })),
  /** How the last import ended, and how much of what it read it left out or could not bring in. */
  lastImport: v.optional(
    v.object({ job: v.string(), state: v.picklist(JOB_STATES), left: v.number(), at: moment }),
  ),
  /** Set while the source cannot be read as a whole; the last error in words. */
  unreachable: v.optional(v.string()),
});
export type Source = v.InferOutput<typeof SourceSchema>;

/** Whether people asked for the ACLs of a source's objects. */
export function asksForAcls({ acls }: Pick<Source, 'acls'> = {}): boolean {
  return acls !== undefined && acls.until === undefined;
}

/** Whether each object's ACL is read: where the bucket has them switched off, there is nothing to read. */
export function readsAcls(source: Pick<Source, 'acls' | 'ownership'> = {}): boolean {
  return asksForAcls(source) && (source.ownership === undefined || takesAcls(source.ownership));
}

/**
 * What was captured before this moment (ms since 1970) has an ACL that nobody has read yet; undefined: there is no such thing.
 * The next reconcile reads it.
 */
export function aclsUnreadBefore(
  source: Pick<Source, 'acls' | 'ownership' | 'aclsReadAt'>,
): number | undefined {
  const since = readsAcls(source) ? source.acls?.since : undefined;
  return since === undefined || (source.aclsReadAt ?? 0) >= since ? undefined : since;
}

type Covered = Pick<Source, 'prefix' | 'include' | 'exclude'>;

/** Filters that are kept for the next event: one stack has some 18 sources. */
const MOST_KEPT = 32;
const kept = new Map<string, (key: string) => boolean>();

/** What a source covers, as a test on keys. Kept once made, since it is asked for with each event. */
export function coverage({ prefix, include, exclude }: Covered = {}): (key: string) => boolean {
  const name = JSON.stringify([prefix, include, exclude]);
  const known = kept.get(name);
  if (known !== undefined) return known;
  const made = compileStoredFilter({ prefix, include, exclude });
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(name, made);
  return made;
}
