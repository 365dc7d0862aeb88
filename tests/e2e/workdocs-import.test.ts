import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipOf } from '../support/given-export.ts';
import { bytesOf, givenBucket, holdfast, put, tryHoldfast } from './support/cloud.ts';
import { runCli } from './support/run-cli.ts';

const LARGE = Buffer.from(Array.from({ length: 12 * 1024 * 1024 }, (_, n) => (n * 2_654_435_761) >>> 24));
const COMMENTS =
  'Document Path,Commenter,Comment,Created,Mood\nReports/q3.txt,bob,well done,2024-03-02T10:00:00Z,happy\n';

let home: string;
let bucket: string;
let source: string;
let original: Buffer;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'));
  bucket = await givenBucket('exports');
  source = `workdocs://import-${bucket.split('-').slice(1).join('-')}`;
  original = await zipOf({
    'Reports/': null,
    'Reports/q3.txt': 'three',
    'Empty/': null,
    'large.bin': LARGE,
    'comments.csv': COMMENTS,
  });
  await put(bucket, '2025/anna.zip', original);
  await put(bucket, '2025/bob.zip', await zipOf({ 'notes.txt': 'of bob' }));
});

afterAll(() => rm(home, { recursive: true, force: true }));

async function paths(...args: string[]): Promise<string[]> {
  const { stdout } = await runCli(['ls', source, ...args, '--json']);
  const lines = stdout.split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line).key).sort();
}

function importing(...args: string[]) {
  return tryHoldfast(
    'import',
    'workdocs-export',
    `s3://${bucket}/2025/`,
    '--as',
    source,
    '--yes',
    '--wait',
    ...args,
  );
}

describe('an export of WorkDocs', () => {
  it('becomes a site in the vault, and its zips stay as they are', async () => {
    const { code, output, stderr } = await importing();
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(output).toMatchObject({ source, result: { job: { state: 'done', kind: 'import' } } });
    expect(await paths()).toEqual([
      'anna/Empty/',
      'anna/Reports/q3.txt',
      'anna/comments.csv',
      'anna/large.bin',
      'bob/notes.txt',
    ]);
    expect((await bytesOf(bucket, '2025/anna.zip')).equals(original)).toBe(true);
  });

  it('brings nothing the second time', async () => {
    const { code, output } = await importing();
    expect(code).toBe(0);
    expect(output).toMatchObject({ result: { job: { counts: { unchanged: expect.any(Number) } } } });
    expect((output as { result: { job: { counts: object } } }).result.job.counts).not.toHaveProperty(
      'imported',
    );
  });

  it('is restored as of a moment long before it was imported, with comments beside on request', async () => {
    const folder = join(home, 'then');
    await holdfast('restore', source, '--to', folder, '--at', '2024-06-01T00:00:00Z', '--sidecars');
    expect(await readFile(join(folder, 'anna/Reports/q3.txt'), 'utf8')).toBe('three');
    expect((await readFile(join(folder, 'anna/large.bin'))).equals(LARGE)).toBe(true);
    const sidecar = await readFile(join(folder, 'anna/Reports/q3.txt.workdocs.json'), 'utf8');
    expect(JSON.parse(sidecar)).toMatchObject({
      versions: [{ comments: [{ text: 'well done', by: 'bob', extra: { Mood: 'happy' } }] }],
    });
    const before = await tryHoldfast('ls', source, '--at', '2023-01-01T00:00:00Z');
    expect(before.code).toBe(2);
  });

  it('that is hostile in part is imported in part, and says of what not', async () => {
    const evil = Buffer.from(
      (await zipOf({ 'xx/xx/evil.txt': 'evil', 'good.txt': 'good' }))
        .toString('latin1')
        .replaceAll('xx/xx/', '../../'),
      'latin1',
    );
    await put(bucket, '2025/carl.zip', evil);
    const { code, output } = await importing();
    expect(code).toBe(3);
    expect(JSON.stringify(output)).toContain('unsafe-name');
    expect(await paths()).toContain('carl/good.txt');
  });

  it('can be let go of, and stays in the vault', async () => {
    await holdfast('unprotect', source, '--yes');
    expect(await paths()).toContain('bob/notes.txt');
  });
});
