import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { GetObjectTaggingCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { read } from './buckets.ts';
import { type SampleObject, sha256 } from './sample.ts';
import type { SmokeWorld } from './world.ts';

/** What of the vault's present state is not the source's, a line for each key. */
export async function vaultDifferences(
  { clients: { s3 }, buckets, outputs }: SmokeWorld,
  wanted: ReadonlyMap<string, SampleObject>,
): Promise<string[]> {
  const vault = outputs['VaultBucket'] ?? '';
  const wrong: string[] = [];
  for (const { key, body } of wanted.values()) {
    const found = await read(s3, vault, vaultPlace(buckets.source, key).key).catch(nothing);
    if (found === undefined) wrong.push(`${JSON.stringify(key)} is not in the vault`);
    else if (!found.equals(body)) wrong.push(`${JSON.stringify(key)} has other bytes in the vault`);
  }
  return wrong;
}

/** What of a bucket is not the sample: bytes, headers, metadata, tags, and objects that are too many. */
export async function bucketDifferences(
  { clients: { s3 }, buckets }: SmokeWorld,
  wanted: ReadonlyMap<string, SampleObject>,
  prefix = '',
): Promise<string[]> {
  const wrong: string[] = [];
  for (const { key, body, fields = {} } of wanted.values()) {
    const at = { Bucket: buckets.target, Key: prefix + key };
    const found = await read(s3, at.Bucket, at.Key).catch(nothing);
    if (found === undefined) wrong.push(`${JSON.stringify(key)} is missing`);
    else if (!found.equals(body)) wrong.push(`${JSON.stringify(key)} has other bytes`);
    else
      wrong.push(
        ...(await fieldDifferences(s3, at, fields)).map((what) => `${JSON.stringify(key)}: ${what}`),
      );
  }
  const keys = await listKeys(s3, buckets.target, prefix);
  const extra = keys.filter((key) => !wanted.has(key.slice(prefix.length)));
  return [...wrong, ...extra.map((key) => `${JSON.stringify(key)} is too many`)];
}

const HEADERS = [
  'ContentType',
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
] as const;

async function fieldDifferences(
  s3: SmokeWorld['clients']['s3'],
  at: { readonly Bucket: string; readonly Key: string },
  { Tagging, Metadata = {}, ...fields }: NonNullable<SampleObject['fields']>,
): Promise<string[]> {
  const head = await s3.send(new HeadObjectCommand(at));
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand(at));
  const tags = new URLSearchParams(TagSet.map(({ Key = '', Value = '' }): [string, string] => [Key, Value]));
  const named: [string, unknown, unknown][] = [
    ...HEADERS.filter((name) => fields[name] !== undefined).map((name): [string, unknown, unknown] => [
      name,
      head[name],
      fields[name],
    ]),
    ['metadata', sorted(Object.entries(head.Metadata ?? {})), sorted(Object.entries(Metadata))],
    ['tags', sorted([...tags]), sorted([...new URLSearchParams(Tagging)])],
  ];
  return named
    .filter(([, found, wanted]) => found !== wanted)
    .map(([name, found, wanted]) => `${name} is ${found}, not ${wanted}`);
}

function sorted(pairs: readonly (readonly [string, string])[]): string {
  return JSON.stringify([...pairs].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function listKeys(s3: SmokeWorld['clients']['s3'], Bucket: string, Prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for (let ContinuationToken: string | undefined; ; ) {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    ContinuationToken = page.NextContinuationToken;
    if (ContinuationToken === undefined) return keys;
  }
}

/** The files below a folder, by the hash of their bytes: names on this machine can be others than the keys. */
async function hashesBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = new Map<string, string>();
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    found.set(hash.digest('hex'), relative(folder, path));
  }
  return found;
}

/** Objects whose bytes are in no file of a folder. A key that ends in a slash is a folder there. */
export async function notInFolder(
  folder: string,
  wanted: ReadonlyMap<string, SampleObject>,
): Promise<string[]> {
  const found = await hashesBelow(folder);
  return [...wanted.values()]
    .filter(({ key, body }) => !key.endsWith('/') && !found.has(sha256(body)))
    .map(({ key }) => `the bytes of ${JSON.stringify(key)} are in no file`);
}

/** The first few of what is wrong, and how many there are. */
export function told(wrong: readonly string[]): string {
  const some = wrong.slice(0, 5).join('; ');
  return wrong.length <= 5 ? some : `${some}; and ${wrong.length - 5} more`;
}

function nothing(error: unknown): undefined {
  if (error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound')) return undefined;
  throw error;
}
