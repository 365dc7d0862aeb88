import * as v from 'valibot';
import { parseJson } from '../../../model/json.ts';

const CanarySchema = v.strictObject({
  holdfast: v.literal('canary'),
  source: v.string(),
  writtenAt: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
/** What a canary says of itself: whose it is, and when it was written, ms since 1970. */
export type Canary = v.InferOutput<typeof CanarySchema>;

/** The last part of the name of every canary: it follows the prefix that is given. */
export const CANARY_NAME = 'holdfast-canary';
/** No canary is longer: what is, somebody else wrote there, and it is not read. */
export const MAX_CANARY_BYTES = 512;

export function canaryText(source: string, writtenAt: number): string {
  return `${JSON.stringify({ holdfast: 'canary', source, writtenAt } satisfies Canary)}\n`;
}

/** Reads a canary back. @returns undefined for bytes that are not exactly those that were written */
export function readCanary(text: string, source: string): Canary | undefined {
  const parsed = v.safeParse(CanarySchema, parseOrNothing(text));
  if (!parsed.success || parsed.output.source !== source) return undefined;
  return text === canaryText(source, parsed.output.writtenAt) ? parsed.output : undefined;
}

function parseOrNothing(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
