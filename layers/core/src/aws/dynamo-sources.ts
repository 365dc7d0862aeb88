import { emptyLag } from '../model/lag.ts';
import type { SourceTotals } from '../model/source.ts';
import { type Source, SourceSchema } from '../model/source.ts';
import type { Activity, SourcePatch } from '../ports/catalog.ts';
import type { Table } from './dynamo-table.ts';
import { flatten, gather, type Item, parseRow, SOURCES, toItem, toRow } from './items.ts';

const EXISTS = { exists: true };

/** The rows of sources. */
export class DynamoSources {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(source: string): Promise<Source | undefined> {
    const item = await this.#table.get({ pk: SOURCES, sk: source });
    return item && sourceOf(item);
  }

  async put(source: Source): Promise<void> {
    await this.#table.put(sourceItem(source));
  }

  async patch(source: string, { clear = [], places, ...fields }: SourcePatch): Promise<void> {
    const set = { ...fields, ...placeFields(places) };
    if (clear.length === 0 && Object.keys(set).length === 0) return;
    await this.#table.update(rowOf(source), { set, remove: clear }, EXISTS);
  }

  moveCursor(source: string, to: number): Promise<boolean> {
    return this.#table.update(rowOf(source), { set: { cursor: to } }, { ...EXISTS, below: { cursor: to } });
  }

  async list(): Promise<Source[]> {
    return (await Array.fromAsync(this.#table.partition(SOURCES))).map(sourceOf);
  }

  async addActivity(source: string, { totals, lag, lastEventAt, places }: Activity): Promise<void> {
    const add = { ...totalFields(totals), ...lagFields(lag) };
    await this.#table.update(rowOf(source), { add, set: { lastEventAt, ...placeFields(places) } }, EXISTS);
  }

  async resetTotals(source: string, totals: Partial<SourceTotals>): Promise<void> {
    const set = { ...totalFields(totals), ...lagFields(emptyLag()) };
    await this.#table.update(rowOf(source), { set }, EXISTS);
  }
}

function rowOf(source: string) {
  return { pk: SOURCES, sk: source };
}

const TOTAL = 'total_';
const LAG = 'lag_';
const PLACE = 'place_';

function sourceItem({ source, totals, lag, places, ...fields }: Source): Item {
  const counted = { ...totalFields(totals), ...lagFields(lag) };
  return toItem({ pk: SOURCES, sk: source, ...fields, ...counted, ...placeFields(places) });
}

function sourceOf(item: Item): Source {
  const row = toRow(item);
  const lag = Object.entries(gather(LAG, row)).sort(([a], [b]) => Number(a) - Number(b));
  const fields = { source: row['sk'], totals: gather(TOTAL, row), lag: lag.map(([, n]) => n) };
  const places = gather(PLACE, row);
  const known = Object.keys(places).length === 0 ? {} : { places };
  return parseRow(SourceSchema, { ...row, ...fields, ...known });
}

function totalFields(totals: Readonly<Record<string, number>>): Record<string, number> {
  return flatten(TOTAL, totals);
}

function lagFields(lag: readonly number[]): Record<string, number> {
  return flatten(LAG, Object.fromEntries(lag.entries()));
}

function placeFields(places: Readonly<Record<string, string>> = {}): Record<string, string> {
  return flatten(PLACE, places);
}
