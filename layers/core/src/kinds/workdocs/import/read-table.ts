import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { HoldfastError, messageOf } from '../../../model/errors.ts';
import { tableKind } from './table-columns.ts';
import type { ZipEntry } from './zip-entry.ts';
import { ZipError } from './zip-error.ts';

/** True for an entry that is read as a table: by its name, at the root of its zip. */
export function isTable({ parts, folder, refusal }: Pick<ZipEntry, 'parts' | 'folder' | 'refusal'>): boolean {
  const [name] = parts;
  return parts.length === 1 && !folder && !refusal && name !== undefined && tableKind(name) !== undefined;
}

/** A row with more is not read: no comment of WorkDocs has so many bytes (2,048 characters), nor a path. */
const MAX_ROW_BYTES = 1024 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * The rows of a CSV, the header first, as they come. Excel's separators and marks are taken for what they are.
 *
 * @throws {ZipError} `corrupt` where it is no CSV any more; what reading the bytes throws
 */
export async function* tableRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void> {
  const { head, whole } = await peek(bytes);
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(head),
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
  });
  const source = Readable.from(whole);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    yield* parser;
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw new ZipError('corrupt', messageOf(error, 300), { cause: error });
  } finally {
    source.destroy();
  }
}

/** The first line, as far as it comes at once, and all of the bytes. */
async function peek(bytes: AsyncIterable<Uint8Array>) {
  const iterator = bytes[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < MAX_HEADER_BYTES) {
    const { done, value } = await iterator.next();
    if (done) break;
    first.push(value);
    length += value.length;
    if (value.includes(0x0a)) break;
  }
  async function* whole(): AsyncGenerator<Uint8Array, void> {
    yield* first;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  const [head = ''] = Buffer.concat(first).toString('utf8').split(/\r?\n/, 1);
  return { head, whole: whole() };
}

/** Whichever of the usual ones the header has most. */
function delimiterOf(head: string): string {
  const counted = [',', ';', '\t'].map((mark) => ({ mark, count: head.split(mark).length }));
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).mark;
}
