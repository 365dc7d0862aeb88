import { formatMoment } from '@holdfast/core/model/moment.ts';
import * as v from 'valibot';

/** Every time in every JSON answer: ISO 8601 in UTC with milliseconds. */
export const Moment = v.pipe(v.string(), v.isoTimestamp());

/** A time for JSON; `null` for one there is not. */
export function moment(at: number): string;
export function moment(at: number | undefined): string | null;
export function moment(at: number | undefined): string | null {
  return at === undefined ? null : formatMoment(at);
}
