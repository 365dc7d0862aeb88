import * as v from 'valibot';
import { StartedSchema } from './job.ts';

/** `protect`: `jobId` is null with `--no-initial`. */
export const ProtectedSchema = v.strictObject({
  ...StartedSchema.entries,
  stack: v.string(),
  /** It was protected already: its stack and settings were brought up to date. */
  renewed: v.boolean(),
  /** The object that is written each hour, as a URI. */
  canary: v.nullable(v.string()),
  jobId: v.nullable(v.string()),
});
export type Protected = v.InferOutput<typeof ProtectedSchema>;
