import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { HoldfastError } from '../model/errors.ts';

/** An item as DynamoDB has it. */
export type Item = Record<string, AttributeValue>;

/** An item in plain values, keys and all. */
export type Row = Readonly<Record<string, unknown>>;

export const SOURCES = '#sources';
export const JOBS = '#jobs';
/** Jobs that wait for thaws. */
export const THAWING = '#thawing';
const DAY_SECONDS = 24 * 60 * 60;

/** The partition of a job's steps. No source URI begins with `#`, so rows of different kinds never mix. */
export function stepsOf(jobId: string): string {
  return `#job:${jobId}`;
}

/** The partition of what a job waits for. */
export function thawsOf(jobId: string): string {
  return `#thaw:${jobId}`;
}

/** When the table may forget a row: `expiresAt`, in epoch seconds. */
export function expiry(fromMs: number, days: number): number {
  return Math.floor(fromMs / 1000) + days * DAY_SECONDS;
}

export function toItem(row: Row): Item {
  return marshall(row, { removeUndefinedValues: true });
}

export function toRow(item: Item): Record<string, unknown> {
  return unmarshall(item);
}

/** Reads a row with its schema. @throws HoldfastError `fatal` for one that something else wrote */
export function parseRow<TSchema extends v.GenericSchema>(schema: TSchema, row: Row): v.InferOutput<TSchema> {
  const parsed = v.safeParse(schema, row);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const where = `${row['pk']} ${row['sk']}, field ${v.getDotPath(issue) ?? '?'}`;
  throw new HoldfastError(`the catalog holds a row that cannot be read: ${where}: ${issue.message}`, 'fatal');
}

/** What is changed one by one, as attributes of their own: `ADD` and `SET` need no map to exist before. */
export function flatten<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

/** The reverse of {@link flatten}. */
export function gather(prefix: string, row: Row): Record<string, unknown> {
  const fields = Object.entries(row).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(fields.map(([name, value]) => [name.slice(prefix.length), value]));
}
