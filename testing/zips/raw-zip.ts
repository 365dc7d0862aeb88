import { crc32, deflateRawSync } from 'node:zlib';

/** An entry as hostile as is wished: everything that is not said is as it should be. */
export type RawEntry = {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  readonly method?: number;
  readonly flags?: number;
  /** What the directory says, whatever the truth is. */
  readonly says?: {
    readonly crc?: number;
    readonly size?: number;
    readonly packed?: number;
    readonly offset?: number;
  };
  readonly extra?: Buffer;
  /** DOS date and time. */
  readonly date?: number;
  readonly time?: number;
};

export type RawZip = {
  readonly bytes: Buffer;
  readonly directoryAt: number;
  readonly directoryBytes: number;
};

/** What the end of central directory record says, whatever the truth is. */
export type RawEnd = { readonly entries?: number; readonly directoryAt?: number; readonly comment?: Buffer };

/** 2024-03-01 12:00:00 */
const DATE = ((2024 - 1980) << 9) | (3 << 5) | 1;
const TIME = 12 << 11;

/** A zip of hand-made bytes: for what no well-behaved tool writes. */
export function rawZip(entries: readonly RawEntry[], end: RawEnd = {}): RawZip {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const { local, central } = encode(entry, at);
    locals.push(local);
    directory.push(central);
    at += local.length;
  }
  const directoryBytes = directory.reduce((sum, { length }) => sum + length, 0);
  const bytes = Buffer.concat([...locals, ...directory, endRecord(entries.length, at, directoryBytes, end)]);
  return { bytes, directoryAt: at, directoryBytes };
}

function encode(entry: RawEntry, at: number) {
  const name = Buffer.from(entry.name);
  const content = Buffer.from(entry.content ?? '');
  const method = entry.method ?? 0;
  const data = method === 8 ? deflateRawSync(content) : content;
  const { crc = crc32(content), size = content.length, packed = data.length, offset = at } = entry.says ?? {};
  const extra = entry.extra ?? Buffer.alloc(0);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(entry.flags ?? 0, 2);
  common.writeUInt16LE(method, 4);
  common.writeUInt16LE(entry.time ?? TIME, 6);
  common.writeUInt16LE(entry.date ?? DATE, 8);
  common.writeUInt32LE(crc, 10);
  common.writeUInt32LE(packed, 14);
  common.writeUInt32LE(size, 18);
  common.writeUInt16LE(name.length, 22);
  common.writeUInt16LE(0, 24);
  const local = Buffer.concat([uint32(0x04034b50), common, name, data]);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 4);
  common.copy(central, 6);
  central.writeUInt16LE(extra.length, 30);
  central.writeUInt32LE(offset, 42);
  return { local, central: Buffer.concat([central, name, extra]) };
}

export function endRecord(entries: number, at: number, bytes: number, end: RawEnd = {}): Buffer {
  const record = Buffer.alloc(22);
  const comment = end.comment ?? Buffer.alloc(0);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(end.entries ?? entries, 8);
  record.writeUInt16LE(end.entries ?? entries, 10);
  record.writeUInt32LE(bytes, 12);
  record.writeUInt32LE(end.directoryAt ?? at, 16);
  record.writeUInt16LE(comment.length, 20);
  return Buffer.concat([record, comment]);
}

/** The zip64 extra field of an entry: those of its three numbers that its header leaves to it. */
export function zip64Extra(...numbers: readonly bigint[]): Buffer {
  const data = Buffer.alloc(8 * numbers.length);
  for (const [n, value] of numbers.entries()) data.writeBigUInt64LE(value, 8 * n);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(1, 0);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, data]);
}

/** Zip64's own end of the directory, its locator, and the old record that points to them. */
export function zip64End(at: bigint, entries: bigint, directoryAt: bigint): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(entries, 24);
  record.writeBigUInt64LE(entries, 32);
  record.writeBigUInt64LE(directoryAt, 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(at, 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, endRecord(0xffff, 0xffffffff, 0xffffffff)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
