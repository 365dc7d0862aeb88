import { RestoreMessageSchema } from '@holdfast/core/model/restore-request.ts';
import * as v from 'valibot';
import { StartedSchema } from './job.ts';

/** `restore`: the message that was sent, and the job it began. */
export const RestoreJsonSchema = v.strictObject({ ...StartedSchema.entries, request: RestoreMessageSchema });
