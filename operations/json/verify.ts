import { FINDINGS } from '@holdfast/core/verify/findings.ts';
import * as v from 'valibot';
import { ClockSkew } from './clock-skew.ts';
import { Moment } from './moment.ts';

const FindingSchema = v.strictObject({
  key: v.string(),
  reason: v.picklist(FINDINGS),
  versionId: v.string(),
  detail: v.nullable(v.string()),
  expected: v.nullable(v.string()),
  found: v.nullable(v.string()),
});

/** What `verify` answers. */
export const VerifySchema = v.strictObject({
  source: v.string(),
  prefix: v.string(),
  /** Null when versions of every time were looked at. */
  at: v.nullable(Moment),
  seed: v.number(),
  startedAt: Moment,
  finishedAt: Moment,
  state: v.picklist(['done', 'partial']),
  counts: v.record(v.string(), v.number()),
  provenBelow: v.nullable(v.number()),
  problems: v.array(FindingSchema),
  furtherProblems: v.number(),
  unproven: v.array(FindingSchema),
  furtherUnproven: v.number(),
  clockSkewSeconds: ClockSkew,
});
export type VerifyJson = v.InferOutput<typeof VerifySchema>;
