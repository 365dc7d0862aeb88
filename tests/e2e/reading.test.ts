import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  catalog,
  entryOf,
  entryWith,
  givenBucket,
  holdfast,
  nextSecond,
  put,
  remove,
  s3,
  settled,
  vault,
} from './support/cloud.ts';
import { runCli } from './support/run-cli.ts';

const BLOB = Buffer.from(Array.from({ length: 3_000_000 }, (_, n) => (n * 31) % 256));

let source: string;
let moment: string;

/** Three objects in the vault; after the moment one is overwritten, one deleted, one new. */
beforeAll(async () => {
  source = await givenBucket('reading');
  await put(source, 'a.txt', 'one');
  await put(source, 'b/gone.txt', 'two');
  await put(source, 'b/blob.bin', BLOB);
  await holdfast('protect', `s3://${source}`, '--wait');
  moment = await nextSecond();
  await put(source, 'a.txt', 'three');
  await put(source, 'new.txt', 'n');
  await remove(source, 'b/gone.txt');
  await settled(source);
  await entryWith(source, 'b/gone.txt', ({ state }) => state === 'deleted');
});

const json = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** As a person in a zone would write the second after a moment. */
function words(at: string, timeZone: string): string {
  const time = new Date(Math.floor(Date.parse(at) / 1000) * 1000);
  return time.toLocaleString('sv-SE', { timeZone });
}

describe('reading the vault', () => {
  it('understands moments as people write them, in the zone of the machine', async () => {
    const TZ = 'Asia/Kathmandu';
    const instant = `${moment.slice(0, 19)}.000Z`;
    for (const at of [moment, words(moment, TZ)]) {
      const ran = await runCli(['ls', `s3://${source}/a.txt`, '--at', at], { env: { TZ } });
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('       3 B  ') });
      expect(ran.stderr).toContain(at === moment ? `as of ${moment}` : `as of ${instant}`);
    }
    const early = await runCli(['ls', `s3://${source}`, '--at', '3 days ago']);
    expect(early).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('before the first backup'),
    });
  });

  it('finds, and compares two moments', async () => {
    const found = await runCli(['find', `s3://${source}`, '**/*.txt', '--deleted', '--json']);
    expect(json(found.stdout).map(({ key }) => key)).toEqual(['b/gone.txt']);

    const { stdout } = await runCli(['diff', `s3://${source}`, moment, '--json']);
    const [, , , last, ...lines] = [...json(stdout)];
    expect(lines).toEqual([]);
    expect(json(stdout).map(({ change, key }) => [change, key])).toEqual([
      ['changed', 'a.txt'],
      ['deleted', 'b/gone.txt'],
      ['added', 'new.txt'],
      [undefined, undefined],
    ]);
    expect(last).toMatchObject({ summary: { added: 1, changed: 1, deleted: 1, netBytes: 0 } });
  });

  it('shows when it changed', async () => {
    const { stdout } = await runCli(['history', `s3://${source}`, '--by', 'hour', '--json']);
    const sum = (name: string) => json(stdout).reduce((total, line) => total + line[name], 0);
    expect([sum('added'), sum('overwritten'), sum('deleted')]).toEqual([4, 1, 1]);
  });

  it('streams the bytes of any version, and nothing else', async () => {
    const blob = await runCli(['cat', `s3://${source}/b/blob.bin`]);
    expect(blob).toMatchObject({ code: 0, stderr: '' });
    expect(blob.bytes.equals(BLOB)).toBe(true);
    expect((await runCli(['cat', `s3://${source}/a.txt`, '--at', moment])).stdout).toBe('one');

    const gone = await runCli(['cat', `s3://${source}/b/gone.txt`]);
    expect(gone).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('was deleted at') });
    const version = /--at (\S+)/.exec(gone.stderr)?.[1] ?? '';
    expect((await runCli(['cat', `s3://${source}/b/gone.txt`, '--at', version])).stdout).toBe('two');
  });

  it('ends quietly when nobody reads on', async () => {
    const ran = await runCli(['cat', `s3://${source}/b/blob.bin`], { behind: '| head -c 3' });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.bytes.equals(BLOB.subarray(0, 3))).toBe(true);
  });

  it('proves the vault, and names what is wrong with it', async () => {
    const right = await runCli(['verify', `s3://${source}`, '--json']);
    expect(right.code, right.stdout).toBe(0);
    expect(JSON.parse(right.stdout)).toMatchObject({
      state: 'done',
      counts: { versions: 5, sampled: 5, right: 5 },
      provenBelow: 0,
    });

    // No emulator lets bytes rot; a record that they do not fit is the same to who compares them.
    await recordAnotherChecksum('a.txt');
    const Key = `s3/${source}/new.txt`;
    const { vaultVersionId: VersionId } = (await entryOf(source, 'new.txt')) ?? {};
    await s3.send(new DeleteObjectCommand({ Bucket: vault, Key, VersionId }));
    const wrong = await runCli(['verify', `s3://${source}`]);
    expect(wrong.code, wrong.stdout).toBe(3);
    expect(wrong.stdout).toMatch(
      /^wrong {2}a\.txt {2}version \S+: expected CRC32 AAAAAA==, found CRC32 \S+$/m,
    );
    expect(wrong.stdout).toMatch(/^missing {2}new\.txt {2}version /m);
    const damaged = await runCli(['cat', `s3://${source}/a.txt`]);
    expect(damaged).toMatchObject({
      code: 1,
      stdout: 'three',
      stderr: expect.stringContaining('is damaged'),
    });
  });

  it('names what somebody wrote or hid in the vault, and the command that mends it', async () => {
    await s3.send(new DeleteObjectCommand({ Bucket: vault, Key: `s3/${source}/b/blob.bin` }));
    await s3.send(new PutObjectCommand({ Bucket: vault, Key: `s3/${source}/theirs.txt`, Body: 'theirs' }));
    const found = await runCli(['verify', `s3://${source}`]);
    expect(found.code, found.stdout).toBe(3);
    expect(found.stdout).toMatch(
      /^hidden {2}b\/blob\.bin {2}version \S+: it is a delete marker on version /m,
    );
    expect(found.stdout).toMatch(
      /^foreign {2}theirs\.txt {2}version \S+: .*the catalog does not know of it$/m,
    );

    const [way = ''] = found.stdout.match(/holdfast reconcile .*$/m) ?? [];
    const mended = await runCli(way.split(' ').slice(1));
    expect(mended.code, mended.stdout).toBe(0);
    const after = await runCli(['verify', `s3://${source}`]);
    expect(after.stdout).not.toMatch(/^(hidden|foreign) /m);
  });
});

async function recordAnotherChecksum(key: string): Promise<void> {
  const entry = await entryOf(source, key);
  if (entry === undefined) throw new Error(`there is no entry of ${key}`);
  const checksum = { algorithm: 'CRC32', value: 'AAAAAA==' };
  expect(await catalog.putEntry({ ...entry, checksum, rev: entry.rev + 1 }, entry.rev)).toBe(true);
}
