import * as v from 'valibot';
import { StartedSchema } from './job.ts';

/** `import`: what it will read, and the job that does. */
export const ImportedSchema = v.strictObject({
  ...StartedSchema.entries,
  /** Where the export lies: `s3://bucket/prefix`. */
  export: v.string(),
  /** The small stack by which the export may be read. */
  stack: v.string(),
  plan: v.strictObject({
    zips: v.number(),
    bytes: v.number(),
    /** Objects that are no zips: they are listed in the report, and not read. */
    others: v.number(),
    /** US dollars a month, at list price, for what the zips hold if they hold no more than their own size. */
    monthlyDollars: v.number(),
  }),
});
export type Imported = v.InferOutput<typeof ImportedSchema>;
