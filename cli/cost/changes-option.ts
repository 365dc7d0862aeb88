import { InvalidArgumentError } from 'commander';

/** How much of a bucket changes on a day: a number of objects, or a share of them. */
export type Changes = { readonly objects: number } | { readonly percent: number };

export const USUAL_CHANGES: Changes = { percent: 1 };

/** Reads `--changes-per-day`: `500`, `2.5%`. */
export function changes(text: string): Changes {
  const [, digits = '', percent = ''] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits === '')
    throw new InvalidArgumentError(`"${text}" is neither a number of objects nor a share, as 2%.`);
  return percent === '%' ? { percent: number } : { objects: number };
}

export function changesPerDay(changes: Changes, objects: number): number {
  return 'objects' in changes ? changes.objects : (objects * changes.percent) / 100;
}
