import { InvalidArgumentError } from 'commander';
import type { Changes } from '../../operations/cost/estimate-bucket.ts';

/** Reads `--changes-per-day`: `500`, `2.5%`. */
export function changes(text: string): Changes {
  const [, digits = '', percent = ''] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits === '')
    throw new InvalidArgumentError(`"${text}" is neither a number of objects nor a share, as 2%.`);
  return percent === '%' ? { percent: number } : { objects: number };
}
