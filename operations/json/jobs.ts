import * as v from 'valibot';
import { JobJsonSchema } from './job.ts';

export const JobsSchema = v.strictObject({
  jobs: v.array(JobJsonSchema),
  /** How many there are beyond `--limit`. */
  further: v.number(),
});
export type Jobs = v.InferOutput<typeof JobsSchema>;
