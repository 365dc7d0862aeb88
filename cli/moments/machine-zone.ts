import { tzOffset } from '@date-fns/tz';

/**
 * The time zone of this machine, as IANA names it. Where `TZ` is set to what has no such name (`UTC-3`, nothing), it is the
 * offset that the machine's clock has.
 */
export function machineZone(): string {
  const { timeZone = 'UTC' } = Intl.DateTimeFormat().resolvedOptions();
  const now = new Date();
  const minutes = -now.getTimezoneOffset();
  return tzOffset(timeZone, now) === minutes ? timeZone : offsetName(minutes);
}

function offsetName(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
}
