import * as v from 'valibot';
import { Moment } from './moment.ts';

/** One line of `history --json`: a day, or an hour, of the person's time zone. */
export const HistoryLineSchema = v.strictObject({
  source: v.string(),
  prefix: v.string(),
  from: Moment,
  /** Not included. */
  to: Moment,
  added: v.number(),
  overwritten: v.number(),
  deleted: v.number(),
  /** Objects that were given other tags and nothing else; null without `--tags`. */
  tagged: v.nullable(v.number()),
  writtenBytes: v.number(),
  deletedBytes: v.number(),
});
export type HistoryLine = v.InferOutput<typeof HistoryLineSchema>;
