import * as v from 'valibot';

/** `unprotect`: `stack` is null when the source had none any more. */
export const UnprotectedSchema = v.strictObject({
  source: v.string(),
  stack: v.nullable(v.string()),
  vault: v.string(),
});
export type Unprotected = v.InferOutput<typeof UnprotectedSchema>;
