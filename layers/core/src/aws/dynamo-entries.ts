import { compareKeys } from '../model/byte-order.ts';
import { type Entry, EntrySchema } from '../model/entry.ts';
import type { EntryPage, ListedStamp } from '../ports/catalog.ts';
import type { Query, Table } from './dynamo-table.ts';
import { expiry, type Item, parseRow, toItem, toRow } from './items.ts';

type Range = { readonly after?: string; readonly prefix?: string; readonly limit?: number };

/** The table's second order: only rows of unprotected objects are in it. */
const UNPROTECTED_INDEX = 'unprotected';

/** The rows of objects. */
export class DynamoEntries {
  readonly #table: Table;
  readonly #retentionDays: number;

  constructor(table: Table, retentionDays: number) {
    this.#table = table;
    this.#retentionDays = retentionDays;
  }

  async get(source: string, key: string): Promise<Entry | undefined> {
    const item = await this.#table.get({ pk: source, sk: key });
    return item && entryOf(item);
  }

  put(entry: Entry, expectedRev: number | undefined): Promise<boolean> {
    const condition = expectedRev === undefined ? { exists: false } : { equals: { rev: expectedRev } };
    return this.#table.put(entryItem(entry, this.#retentionDays), condition);
  }

  stamp(source: string, key: string, { etag, listedAt }: ListedStamp): Promise<boolean> {
    const equals = { etag, state: 'current' };
    return this.#table.update({ pk: source, sk: key }, { set: { listedAt }, add: { rev: 1 } }, { equals });
  }

  list(source: string, range: Range): Promise<EntryPage> {
    return this.#page(rangeQuery('pk', source, range), range.prefix);
  }

  listUnprotected(source: string, range: Omit<Range, 'prefix'>): Promise<EntryPage> {
    const query = rangeQuery('unprotectedOf', source, range);
    return this.#page({ ...query, IndexName: UNPROTECTED_INDEX }, undefined);
  }

  async #page(query: Query, prefix = ''): Promise<EntryPage> {
    const page = await this.#table.query(query);
    const all = page.items.map(entryOf);
    const entries = all.filter((entry) => entry.key.startsWith(prefix));
    // Keys with a prefix lie side by side: behind the first one without it there is no other.
    return { entries, more: page.next !== undefined && entries.length === all.length };
  }
}

// A sort key takes one condition. Behind a key of the prefix, that is the key; the prefix is checked on what comes.
function rangeQuery(partition: string, source: string, { after, prefix = '', limit }: Range): Query {
  const isBehind = after !== undefined && compareKeys(after, prefix) >= 0;
  const test = isBehind ? '#sk > :from' : 'begins_with(#sk, :from)';
  const all = !isBehind && prefix === '';
  return {
    KeyConditionExpression: all ? '#pk = :pk' : `#pk = :pk AND ${test}`,
    ExpressionAttributeNames: { '#pk': partition, ...(all ? {} : { '#sk': 'sk' }) },
    ExpressionAttributeValues: toItem({
      ':pk': source,
      ...(all ? {} : { ':from': isBehind ? after : prefix }),
    }),
    ...(limit === undefined ? {} : { Limit: limit }),
  };
}

/** @param retentionDays how long a deleted entry is kept: as long as its copies are */
function entryItem(entry: Entry, retentionDays: number): Item {
  const { source, key, ...fields } = entry;
  return toItem({
    pk: source,
    // S3's limit for a key is the sort key's limit: nothing can be put in front of it.
    sk: key,
    ...fields,
    // Only these are in the index of unprotected objects.
    unprotectedOf: entry.state === 'unprotected' ? source : undefined,
    expiresAt:
      entry.deletedAt !== undefined && entry.state === 'deleted'
        ? expiry(entry.deletedAt, retentionDays)
        : undefined,
  });
}

function entryOf(item: Item): Entry {
  const row = toRow(item);
  return parseRow(EntrySchema, { ...row, source: row['pk'], key: row['sk'] });
}
