import { emptyLag } from '../model/lag.ts';
import type { Source, SourceTotals } from '../model/source.ts';
import type { Activity, SourcePatch } from '../ports/catalog.ts';
import type { Table } from './dynamo-table.ts';
import { SOURCES } from './items.ts';
import { lagFields, placeFields, sourceItem, sourceOf, totalFields } from './source-items.ts';

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
