import * as v from 'valibot';
import { StartedSchema } from './job.ts';

/** `protect`: `jobId` is null with `--no-initial`. */
export const ProtectedSchema = v.strictObject({
  ...StartedSchema.entries,
  stack: v.string(),
  jobId: v.nullable(v.string()),
});
export type Protected = v.InferOutput<typeof ProtectedSchema>;
