import * as v from 'valibot';
import { parseJson } from '../../../model/json.ts';

/** Events without which a bucket's changes would be missed; a rule may take more. */
const NEEDED = ['Object Created', 'Object Deleted', 'Object Restore Completed'];

const strings = v.array(v.string());
const PatternSchema = v.strictObject({
  source: v.optional(strings),
  'detail-type': v.optional(strings),
  detail: v.optional(
    v.strictObject({
      bucket: v.optional(v.strictObject({ name: v.optional(strings) })),
      object: v.optional(v.strictObject({ key: v.array(v.strictObject({ prefix: v.string() })) })),
    }),
  ),
});

/**
 * What the pattern of a bucket's rule leaves out, in words; undefined when it takes all events that are needed. A
 * condition that Holdfast does not set itself is taken for one that leaves something out.
 * Source: EventBridge user guide, "Event patterns": what a pattern does not name matches anything.
 *
 * @param prefix of the keys that are protected; empty for all
 */
export function leftOutBy(pattern: string, bucket: string, prefix: string): string | undefined {
  const parsed = v.safeParse(PatternSchema, parsedJson(pattern));
  if (!parsed.success)
    return `it has a condition of its own: ${v.getDotPath(parsed.issues[0]) ?? 'no pattern'}`;
  const { source = ['aws.s3'], 'detail-type': types = NEEDED, detail = {} } = parsed.output;
  if (!source.includes('aws.s3')) return 'it does not take the events of S3';
  const missing = NEEDED.find((one) => !types.includes(one));
  if (missing !== undefined) return `it does not take "${missing}"`;
  if (!(detail.bucket?.name ?? [bucket]).includes(bucket)) return `it does not take the bucket ${bucket}`;
  const keys = detail.object?.key ?? [{ prefix: '' }];
  return keys.some((one) => prefix.startsWith(one.prefix))
    ? undefined
    : 'it does not take all protected keys';
}

function parsedJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
