import { createHash } from 'node:crypto';
import type { CopyObjectCommandInput } from '@aws-sdk/client-s3';

/** One object of the smoke test's source. */
export type SampleObject = {
  readonly key: string;
  readonly body: Buffer;
  readonly fields?: Partial<CopyObjectCommandInput>;
};

const MIB = 1024 * 1024;

/** Above the smoke test's threshold of 5 MiB: copied in three parts. */
const LARGE_BYTES = 11 * MIB;

/** Keys that have broken backup tools, and one too long to be a vault key of its own. */
const AWKWARD_KEYS: readonly string[] = [
  'with space and  two',
  'plus+plus',
  'percent%20encoded',
  'hash#tag',
  'question?mark=1&b=2',
  'double//slash',
  'dots/./here',
  'a/../b',
  '/leading/slash',
  'quotes"and\'single',
  'new\nline',
  '<xml>&amp;</xml>',
  'emoji-🦊',
  'ünïcödé/ß',
  'folder/',
  `long-${'k'.repeat(1019)}`,
];

export const PLAIN_KEY = 'plain.txt';
export const DELETED_KEY = 'hash#tag';
export const OVERWRITTEN_KEY = 'plus+plus';
export const METADATA_KEY = 'everything.html';
export const KMS_KEY = 'secret.txt';
export const LARGE_KEY = 'large.bin';
const LARGE_HEADERS_KEY = 'large with headers.bin';

/** What the source holds at first: awkward keys, every header, a key of KMS, and objects in parts. */
export function sampleObjects(): SampleObject[] {
  return [
    ...[PLAIN_KEY, ...AWKWARD_KEYS].map((key) => ({ key, body: Buffer.from(`the bytes of ${key}`) })),
    {
      key: METADATA_KEY,
      body: Buffer.from('<p>everything</p>'),
      fields: {
        ...HEADERS,
        ContentType: 'text/html; charset=utf-8',
        ContentEncoding: 'identity',
        Metadata: { author: '=?UTF-8?B?Wm/Dqw==?=', plain: 'x' },
        Tagging: 'team=holdfast&what=a%2Fb%20c',
      },
    },
    {
      key: KMS_KEY,
      body: Buffer.from('encrypted with a key of KMS'),
      fields: { ServerSideEncryption: 'aws:kms' },
    },
    { key: LARGE_KEY, body: bytes(LARGE_BYTES, 1) },
    { key: LARGE_HEADERS_KEY, body: bytes(LARGE_BYTES, 2), fields: { ...HEADERS, Metadata: { plain: 'x' } } },
  ];
}

const HEADERS = {
  CacheControl: 'max-age=60',
  // Beyond ASCII: the headers that are signed over one encoding and sent in another.
  ContentDisposition: 'attachment; filename="Übersicht – 文件.html"',
  ContentLanguage: 'de-AT',
} as const;

/** Bytes that look like nothing, the same each time. */
function bytes(size: number, seed: number): Buffer {
  return createHash('shake256', { outputLength: size }).update(String(seed)).digest();
}

export function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
