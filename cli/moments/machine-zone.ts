import { realpathSync } from 'node:fs';
import { tzOffset } from '@date-fns/tz';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';

/** A zone without summer time, as POSIX writes it: `UTC0`, `JST-9`, `<+0330>-3:30`; west of Greenwich is above 0. */
const POSIX = /^(?:[a-z]{3,}|<[a-z\d+-]{3,}>)([+-]?)(\d{1,2})(?::([0-5]\d))?$/i;
const ZONE_FILE = /\/zoneinfo\/(?:posix\/)?(.+)$/;
const MOST_HOURS = 24;

/**
 * The time zone that words are read in, as IANA names it, or an offset from UTC: what `TZ` says, else this machine's own.
 * Node takes what it does not know for UTC in silence, so it is not asked.
 *
 * @param said the environment's `TZ`; empty is UTC
 * @throws {InvalidInputError} when it is no zone
 */
export function machineZone(said: string | undefined = process.env['TZ']): string {
  if (said === undefined) return ownZone();
  if (said === '') return 'UTC';
  const name = said.replace(/^:/, '');
  const zone = name.startsWith('/') ? zoneOfFile(name) : (posixZone(name) ?? named(name));
  if (zone !== undefined) return zone;
  throw new InvalidInputError(
    `TZ="${said}" is no time zone that is known here, and moments would be read in another: set TZ to a name as ` +
      'Europe/Berlin or UTC, or unset it',
  );
}

/** What the machine is set to; where that has no name, the offset that its clock has now. */
function ownZone(): string {
  const { timeZone = 'UTC' } = Intl.DateTimeFormat().resolvedOptions();
  const now = new Date();
  const minutes = -now.getTimezoneOffset();
  return tzOffset(timeZone, now) === minutes ? timeZone : offsetName(minutes);
}

/** Offsets alone (`+02:00`) are none: POSIX reads their sign the other way round. */
function named(name: string): string | undefined {
  if (!/^[a-z]/i.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function posixZone(name: string): string | undefined {
  const [, sign, hours, minutes = '0'] = POSIX.exec(name) ?? [];
  if (hours === undefined || Number(hours) > MOST_HOURS) return undefined;
  const west = Number(hours) * 60 + Number(minutes);
  return west === 0 ? 'UTC' : offsetName(sign === '-' ? west : -west);
}

/** `/etc/localtime` is a link into the zones of the machine. */
function zoneOfFile(path: string): string | undefined {
  try {
    const [, name] = ZONE_FILE.exec(realpathSync(path)) ?? [];
    return name === undefined ? undefined : named(name);
  } catch {
    return undefined;
  }
}

function offsetName(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
}
