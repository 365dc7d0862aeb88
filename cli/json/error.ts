import * as v from 'valibot';
import { ERROR_KINDS } from '../error-kinds.ts';

/** What every command answers when it fails: on standard output, beside the line on standard error. */
export const ErrorSchema = v.strictObject({
  error: v.strictObject({ kind: v.picklist(ERROR_KINDS), message: v.string(), exitCode: v.number() }),
});
