import * as v from 'valibot';

const Amount = { objects: v.number(), bytes: v.number() };
const Stored = v.strictObject({ bytes: v.number(), dollars: v.number() });
const Paid = { requests: v.number(), dollars: v.number() };
const Work = v.strictObject({ ...Paid, seconds: v.number() });

export const CostSchema = v.strictObject({
  source: v.string(),
  prefix: v.nullable(v.string()),
  include: v.array(v.string()),
  exclude: v.array(v.string()),
  objects: v.number(),
  bytes: v.number(),
  /** Of the objects that are covered. */
  classes: v.array(v.strictObject({ storageClass: v.string(), ...Amount })),
  /** `below` is null for the last band. */
  sizes: v.array(v.strictObject({ below: v.nullable(v.number()), ...Amount })),
  inParts: v.strictObject({ ...Amount, parts: v.number() }),
  notCaptured: v.array(
    v.strictObject({
      reason: v.picklist(['archived', 'customer-key', 'access-denied']),
      /** Null for what only a look at each object can tell: then `ofSample` counts. */
      objects: v.nullable(v.number()),
      bytes: v.nullable(v.number()),
      ofSample: v.nullable(v.number()),
      keys: v.array(v.string()),
    }),
  ),
  /** What this command itself asked for. */
  asked: v.strictObject({ listed: v.number(), sample: v.number(), ...Paid }),
  assumed: v.strictObject({
    stack: v.nullable(v.string()),
    retentionDays: v.number(),
    coldAfterDays: v.nullable(v.number()),
    coldStorageClass: v.nullable(v.string()),
    changesPerDay: v.number(),
  }),
  prices: v.strictObject({ region: v.string(), date: v.string() }),
  firstBackup: Work,
  reconcile: Work,
  fullRestore: Work,
  monthly: v.strictObject({
    copies: Stored,
    oldVersions: Stored,
    catalog: Stored,
    captures: v.strictObject(Paid),
    reconciles: v.strictObject(Paid),
    checks: v.strictObject(Paid),
    /** Null without `--canary`. */
    canary: v.nullable(v.strictObject(Paid)),
    alarms: v.strictObject({ dollars: v.number() }),
    dollars: v.number(),
  }),
  /** What a million changes of tags would cost in each month, and the versions that they leave behind. */
  perMillionTagChanges: v.strictObject({ ...Paid, versions: Stored }),
  /** What a million changes of ACLs would cost in each month; null without `--acls`. */
  perMillionAclChanges: v.nullable(v.strictObject(Paid)),
  stackMonthlyDollars: v.number(),
});
export type CostJson = v.InferOutput<typeof CostSchema>;
