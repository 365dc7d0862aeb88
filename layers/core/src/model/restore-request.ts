import * as v from 'valibot';
import { defined } from './defined.ts';
import { InvalidInputError } from './errors.ts';
import { compileFilter } from './filter.ts';
import { JobIdSchema } from './job.ts';
import { parseMoment } from './moment.ts';
import { parseJson } from './s3-event.ts';
import { parseBucketUri } from './source-uri.ts';

const Globs = v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(1024))), v.maxLength(100));

/** The message on the restore queue. Unknown fields are refused: a mistyped option must not be ignored. */
export const RestoreMessageSchema = v.strictObject({
  /** `s3://bucket`, or `s3://bucket/prefix` in place of `prefix`. */
  source: v.pipe(v.string(), v.maxLength(1200)),
  prefix: v.optional(v.pipe(v.string(), v.maxLength(1024))),
  /** ISO 8601 with a zone; absent means now. */
  at: v.optional(v.pipe(v.string(), v.maxLength(64))),
  /** `s3://bucket[/prefix]`: a restored key is the prefix followed by the whole source key. */
  target: v.pipe(v.string(), v.maxLength(1200)),
  include: v.optional(Globs),
  exclude: v.optional(Globs),
  overwrite: v.optional(v.boolean()),
  jobId: v.optional(JobIdSchema),
});
export type RestoreMessage = v.InferOutput<typeof RestoreMessageSchema>;

/** A restore request that has been read and checked, as far as that needs no request to AWS. */
export type RestoreRequest = {
  readonly bucket: string;
  readonly prefix: string;
  /** ms since 1970; absent means the moment the job is accepted. */
  readonly at?: number;
  readonly target: { readonly bucket: string; readonly prefix: string };
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly overwrite: boolean;
  readonly jobId?: string;
};

/** More than any request needs whose fields are within their bounds. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** Reads a message body. @throws {InvalidInputError} saying which field is wrong and how */
export function parseRestoreMessage(body: string): RestoreRequest {
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_MESSAGE_BYTES)
    throw new InvalidInputError(
      `a restore request may take ${MAX_MESSAGE_BYTES} bytes, and this one takes ${bytes}: send several requests`,
    );
  return checkRestoreMessage(parseJson(body));
}

/** Checks a message that is already JSON. @throws {InvalidInputError} saying which field is wrong and how */
export function checkRestoreMessage(json: unknown): RestoreRequest {
  const parsed = v.safeParse(RestoreMessageSchema, json);
  if (!parsed.success) throw new InvalidInputError(`not a restore request: ${explain(parsed.issues[0])}`);
  return toRequest(parsed.output);
}

function explain(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `field "${path}": ${issue.message}`;
}

function toRequest(message: RestoreMessage): RestoreRequest {
  const source = parseBucketUri(message.source);
  if (source.prefix !== '' && message.prefix !== undefined) {
    throw new InvalidInputError(
      `the prefix is given twice: in "${message.source}" and as "${message.prefix}"`,
    );
  }
  const target = parseBucketUri(message.target);
  const include = message.include ?? [];
  const exclude = message.exclude ?? [];
  checkSize([...include, ...exclude]);
  compileFilter({ include, exclude });
  return {
    bucket: source.bucket,
    prefix: message.prefix ?? source.prefix,
    ...(message.at === undefined ? {} : { at: parseMoment(message.at) }),
    target,
    include,
    exclude,
    overwrite: message.overwrite ?? false,
    ...defined({ jobId: message.jobId }),
  };
}

// The request is kept in the job's row, which DynamoDB bounds.
const MAX_GLOB_BYTES = 64 * 1024;

function checkSize(globs: readonly string[]): void {
  const bytes = globs.reduce((sum, glob) => sum + Buffer.byteLength(glob), 0);
  if (bytes <= MAX_GLOB_BYTES) return;
  throw new InvalidInputError(
    `the globs take ${bytes} bytes together, and may take ${MAX_GLOB_BYTES}: send several requests`,
  );
}
