import { type Source, SourceSchema } from '../../model/source.ts';
import { flatten, gather, type Item, parseRow, SOURCES, toItem, toRow } from './items.ts';

const TOTAL = 'total_';
const LAG = 'lag_';

export function sourceItem({ source, totals, lag, ...fields }: Source): Item {
  return toItem({ pk: SOURCES, sk: source, ...fields, ...totalFields(totals), ...lagFields(lag) });
}

export function sourceOf(item: Item): Source {
  const row = toRow(item);
  const lag = Object.entries(gather(LAG, row)).sort(([a], [b]) => Number(a) - Number(b));
  const fields = { source: row['sk'], totals: gather(TOTAL, row), lag: lag.map(([, n]) => n) };
  return parseRow(SourceSchema, { ...row, ...fields });
}

export function totalFields(totals: Readonly<Record<string, number>>): Record<string, number> {
  return flatten(TOTAL, totals);
}

export function lagFields(lag: readonly number[]): Record<string, number> {
  return flatten(LAG, Object.fromEntries(lag.entries()));
}
