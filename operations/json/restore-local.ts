import { ProblemSchema } from '@holdfast/core/model/job.ts';
import { RestoreMessageSchema } from '@holdfast/core/model/restore-request.ts';
import * as v from 'valibot';
import { ClockSkew } from './clock-skew.ts';
import { Moment } from './moment.ts';
import { PlanJsonSchema } from './restore.ts';

const { target: _, jobId: __, ...wish } = RestoreMessageSchema.entries;

/** `restore` into a folder, an archive or a WorkDocs site. */
export const RestoreLocalSchema = v.strictObject({
  source: v.string(),
  at: Moment,
  request: v.strictObject(wish),
  target: v.strictObject({
    kind: v.picklist(['folder', 'tar', 'tar.gz', 'zip', 'site']),
    path: v.string(),
  }),
  /** Null when none was made, as with `--yes`. */
  /** As `jobs` shows it; null with `--dry-run`. */
  jobId: v.nullable(v.string()),
  plan: v.nullable(PlanJsonSchema),
  clockSkewSeconds: ClockSkew,
  /** Null with `--dry-run`. */
  result: v.nullable(
    v.strictObject({
      /** `interrupted` and `disk-full`: `goOn` does what is left. */
      ended: v.picklist(['done', 'interrupted', 'disk-full']),
      counts: v.strictObject({
        planned: v.number(),
        plannedBytes: v.number(),
        restored: v.number(),
        restoredBytes: v.number(),
        right: v.number(),
        conflicts: v.number(),
        failed: v.number(),
        unverified: v.number(),
        /** Read back and found right, with `--verify`. */
        verified: v.number(),
        mapped: v.number(),
        /** Documents of which the vault has an older version only: that one was restored. */
        notes: v.number(),
        /** By `--exact`. */
        deleted: v.number(),
      }),
      /** The first thousand. */
      problems: v.array(ProblemSchema),
      /** The first thousand; the list of names at the target has all. */
      mapped: v.array(v.strictObject({ key: v.string(), path: v.string() })),
      goOn: v.nullable(v.string()),
    }),
  ),
});
