import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { parseMoment } from '@holdfast/core/model/moment.ts';
import { InvalidArgumentError } from 'commander';
import type { Connection, Context } from './context.ts';
import { counted, seconds } from './text/format.ts';

/** Collects an option that can be given again and again. */
export function repeatable(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** Reads a whole number above zero. */
export function positive(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number > 0) return number;
  throw new InvalidArgumentError(`"${text}" is not a whole number above 0.`);
}

/** Clocks differ a little; a moment ahead by more than that is a mistake. */
const TOLERANCE_MS = 5 * 60 * 1000;
const DAY_MS = 24 * 3600 * 1000;

/** Reads `--at`. @throws {InvalidInputError} also for a moment that has not come yet */
export function pastMoment(text: string, { clock }: Pick<Context, 'clock'>): number {
  const at = parseMoment(text);
  if (at > clock() + TOLERANCE_MS)
    throw new InvalidInputError(`"${text}" lies in the future; leave --at out for now`);
  return at;
}

/** Says which instant is meant, and what of that time the vault may no longer have. */
export function noteMoment(at: number, { output, clock }: Context, { stack }: Connection): void {
  output.note(`as of ${new Date(at).toISOString()}`);
  const { RetentionInDays } = stack.outputs;
  const horizon = clock() - RetentionInDays * DAY_MS;
  if (at >= horizon) return;
  output.note(
    `the vault keeps what was overwritten or deleted for ${counted(RetentionInDays, 'day')}: ` +
      `objects that were overwritten or deleted before ${seconds(horizon)} can be missing from that moment`,
  );
}
