import { type Entry, EntrySchema } from '../model/entry.ts';
import { expiry, type Item, parseRow, toItem, toRow } from './items.ts';

/** @param retentionDays how long a deleted entry is kept: as long as its copies are */
export function entryItem(entry: Entry, retentionDays: number): Item {
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

export function entryOf(item: Item): Entry {
  const row = toRow(item);
  return parseRow(EntrySchema, { ...row, source: row['pk'], key: row['sk'] });
}
