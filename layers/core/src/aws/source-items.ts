import { type Source, SourceSchema } from '../model/source.ts';
import { flatten, gather, type Item, parseRow, SOURCES, toItem, toRow } from './items.ts';

const TOTAL = 'total_';
const LAG = 'lag_';
const PLACE = 'place_';

export function sourceItem({ source, totals, lag, places, ...fields }: Source): Item {
  const counted = { ...totalFields(totals), ...lagFields(lag) };
  return toItem({ pk: SOURCES, sk: source, ...fields, ...counted, ...placeFields(places) });
}

export function sourceOf(item: Item): Source {
  const row = toRow(item);
  const lag = Object.entries(gather(LAG, row)).sort(([a], [b]) => Number(a) - Number(b));
  const fields = { source: row['sk'], totals: gather(TOTAL, row), lag: lag.map(([, n]) => n) };
  const places = gather(PLACE, row);
  const known = Object.keys(places).length === 0 ? {} : { places };
  return parseRow(SourceSchema, { ...row, ...fields, ...known });
}

export function totalFields(totals: Readonly<Record<string, number>>): Record<string, number> {
  return flatten(TOTAL, totals);
}

export function lagFields(lag: readonly number[]): Record<string, number> {
  return flatten(LAG, Object.fromEntries(lag.entries()));
}

export function placeFields(places: Readonly<Record<string, string>> = {}): Record<string, string> {
  return flatten(PLACE, places);
}
