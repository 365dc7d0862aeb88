import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import type { MomentOrVersion } from '@holdfast/core/source/object-versions.ts';
import { InvalidArgumentError } from 'commander';
import type { Connection, Context } from './context.ts';
import { checkPhrase, readMoment } from './moments/read-moment.ts';
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
const TOLERANCE_MS = 60 * 1000;
const DAY_MS = 24 * 3600 * 1000;

/** What `--at` is in --help. */
export const AT_HELP =
  'as of this moment: 2026-03-01T12:00:00Z, a date (its beginning), "yesterday 18:00", "2h ago"';

/** What a moment is reckoned from: when the command began, as AWS has it, and the zone that its words are read in. */
export type Speaker = Pick<Context, 'connect' | 'zone'>;

/**
 * Reads `--at`, words in the zone of this machine. A moment that is only just to come is the present: what it will hold
 * is not settled.
 *
 * @throws {InvalidInputError} also for a moment that has not come yet
 */
export async function pastMoment(text: string, { connect, zone }: Speaker): Promise<number> {
  // What can be no moment at any time is told before AWS is asked for the time.
  checkPhrase(text);
  const { start } = (await connect('reading')).clock;
  const at = await readMoment(text, { now: start, zone });
  if (at > start + TOLERANCE_MS)
    throw new InvalidInputError(
      `"${text}" lies in the future (${formatMoment(at)}; by AWS's clock it is ${formatMoment(start)}); name one that has been`,
    );
  return Math.min(at, start);
}

const VERSION_ID = /^[\w.-]{16,1024}$/;

/**
 * Reads `--at` of a single object. Whether there is such a version, only the vault can say.
 *
 * @throws {InvalidInputError} for what is neither
 */
export async function momentOrVersion(
  text: string,
  source: string,
  context: Speaker & Pick<Context, 'kinds'>,
): Promise<MomentOrVersion> {
  const isMoment = /^\d{4}-\d{2}-\d{2}/.test(text) || !VERSION_ID.test(text);
  if (!isMoment) return { versionId: text };
  try {
    return { at: await pastMoment(text, context) };
  } catch (error) {
    if (context.kinds.of(source).history.isOwnId?.(text)) return { versionId: text };
    throw error;
  }
}

/** Says which instant is meant, and what of that time the vault may no longer have. */
export function noteMoment(at: number, context: Context, connection: Connection): void {
  context.output.note(`as of ${new Date(at).toISOString()}`);
  noteRetention(at, context, connection);
}

/** Says what the vault may no longer have of a moment. */
export function noteRetention(at: number, { output }: Context, { stack, clock }: Connection): void {
  const { RetentionInDays } = stack.outputs;
  const horizon = clock.start - RetentionInDays * DAY_MS;
  if (at >= horizon) return;
  output.note(
    `the vault keeps what was overwritten or deleted for ${counted(RetentionInDays, 'day')}: ` +
      `objects that were overwritten or deleted before ${seconds(horizon)} can be missing from that moment`,
  );
}

/** A setting that is on or off. */
export const ON_OFF = ['on', 'off'] as const;
export type OnOff = (typeof ON_OFF)[number];
