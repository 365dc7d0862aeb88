import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { expect, it } from 'vitest';

// What is done for every kind of source asks the kind (docs/design.md, "How to add a source kind"), and compares none: neither a
// scheme, nor the name of a kind, nor an error that only one kind throws. That the vault is in S3, and that buckets are targets of
// every kind, is no kind: `model/bucket-uri.ts` says what is the URI of a bucket.

const ROOT = resolve(import.meta.dirname, '../..');
const FOR_ALL = ['layers/core/src', 'operations', 'cli'];
const OF_ONE = /^(layers\/core\/src\/kinds|cli\/kinds)\/[^/]+\//;
const MAY = ['layers/core/src/model/bucket-uri.ts'];

const NAMES = ADDRESSES.all.map(({ scheme }) => scheme.replace('://', '')).join('|');
const COMPARISONS = [
  // A scheme, or a name, alone: there is nothing else to do with one than to compare. Other kinds may go by a common word.
  new RegExp(`(['"\`])(?:s3|workdocs|(?:${NAMES})://)\\1`),
  /\b(?:is|as)(?:Site|WorkDocs|S3|Document)[A-Z]?\w*\(|\binstanceof (?:Site|WorkDocs|S3)\w*/,
  new RegExp(`/\\^?(?:${NAMES}):\\\\/\\\\/`),
];

/** Lines that compare, without what is only said about it. */
function comparisons(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return code.split('\n').filter((line) => COMPARISONS.some((pattern) => pattern.test(line)));
}

it.each([
  "if (uri.startsWith('workdocs://')) return x;",
  "return kind === 's3' ? a : b;",
  "return 'workdocs' !== scheme;",
  "    case 's3':",
  "const MANY = new Set(['workdocs', 'hosts']);",
  "type Kind = 's3' | 'workdocs';",
  'const name = uri.slice("s3://".length);',
  'if (isSiteUri(source)) {',
  'if (error instanceof SiteError) throw error;',
  'const site = /^workdocs:\\/\\/(.*)$/.exec(source);',
])('a comparison of kinds is seen: %s', (line) => {
  expect(comparisons(line)).toEqual([line]);
});

it.each([
  "const example = 'holdfast ls s3://photos';",
  '// if (isSiteUri(source)) was asked everywhere',
  '/** `workdocs://site` */',
  'const where = `s3://${bucket}/${key}`;',
])('what names one to people is none: %s', (line) => {
  expect(comparisons(line)).toEqual([]);
});

it('what is done for every kind of source compares none', () => {
  const files = execFileSync('git', ['ls-files', ...FOR_ALL], { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file.endsWith('.ts') && !OF_ONE.test(file) && !MAY.includes(file));
  expect(files.length).toBeGreaterThan(300);
  const found = files.flatMap((file) =>
    comparisons(readFileSync(resolve(ROOT, file), 'utf8')).map((line) => `${file}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});
