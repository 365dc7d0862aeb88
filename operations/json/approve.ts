import * as v from 'valibot';
import { StartedSchema } from './job.ts';

/** `approve`: `held` is how many deletions were held. */
export const ApprovedSchema = v.strictObject({ ...StartedSchema.entries, held: v.number() });
