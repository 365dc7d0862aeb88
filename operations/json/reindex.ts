import * as v from 'valibot';

export const ReindexSchema = v.strictObject({
  dryRun: v.boolean(),
  sources: v.array(
    v.strictObject({
      source: v.string(),
      /** Keys the vault knows of it. */
      keys: v.number(),
      /** Entries that were written, or with `--dry-run` would be. */
      written: v.number(),
      /** Entries that were right. */
      right: v.number(),
      /** True when the source itself was missing in the catalog. */
      rowMissing: v.boolean(),
    }),
  ),
});
export type Reindex = v.InferOutput<typeof ReindexSchema>;
