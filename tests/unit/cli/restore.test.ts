import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { RestoreJsonSchema } from '../../../operations/json/restore.ts';
import { TARGET } from '../../../testing/pipeline.ts';
import { CALLER, CliWorld, footprint } from './support/given-cli.ts';

const TO = ['--to', `s3://${TARGET}`];
let cli: CliWorld;

beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { 'a.txt': 'one', 'b/c.txt': 'two' });
});

describe('restore', () => {
  it('sends the documented message and says how to follow the job', async () => {
    const at = '2026-03-01T13:00:01+01:00';
    const filters = ['--include', '**/*.txt', '--include', '*.txt', '--exclude', 'z*'];

    const { code, stdout, stderr } = await cli.run(
      'restore',
      's3://docs/b/',
      ...TO,
      '--at',
      at,
      '--overwrite',
      '--yes',
      ...filters,
    );

    expect(code).toBe(0);
    expect(stderr).toBe('as of 2026-03-01T12:00:01.000Z\n');
    expect(stdout).toContain('holdfast job restore-20260301-120001-r2 --wait');
    expect(cli.pipeline.queue.waiting('restore').map((body) => JSON.parse(body))).toEqual([
      {
        source: 's3://docs/b/',
        target: `s3://${TARGET}`,
        at: '2026-03-01T12:00:01.000Z',
        include: ['**/*.txt', '*.txt'],
        exclude: ['z*'],
        overwrite: 'always',
        jobId: 'restore-20260301-120001-r2',
        askedBy: CALLER,
      },
    ]);
  });

  it('waits and sums up; a second time nothing is copied', async () => {
    const first = await cli.run('restore', 's3://docs', ...TO, '--wait');
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('2 restored (6 B), 0 already right');
    expect(cli.pipeline.s3.text(TARGET, 'b/c.txt')).toBe('two');

    const second = await cli.run('restore', 's3://docs', ...TO, '--wait');
    expect(second.stdout).toContain('0 restored (0 B), 2 already right');
  });

  it('brings objects into a bucket of another account when that is named, and only then', async () => {
    const other = ['--target-account', '999988887777'];
    const { s3 } = cli.pipeline;
    s3.deleteBucket(TARGET);
    s3.createBucket(TARGET, { account: '999988887777' });
    const before = await footprint(cli);
    const refused = await cli.run('restore', 's3://docs', ...TO, '--wait');
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it belongs to another account'),
    });
    const toNew = await cli.run('restore', 's3://docs', '--to-new', 's3://holdfast-restore-x', ...other);
    expect(toNew).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--target-account is not for --to-new'),
    });
    const wrong = await cli.run('restore', 's3://docs', ...TO, '--target-account', 'anna');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('an account has 12 digits') });
    expect(await footprint(cli)).toEqual(before);

    const done = await cli.run('restore', 's3://docs', ...TO, ...other, '--verify', '--wait');
    expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: '' });
    expect(s3.text(TARGET, 'b/c.txt')).toBe('two');
    const again = await cli.run('restore', 's3://docs', ...TO, ...other, '--dry-run', '--json');
    expect(again.json()).toMatchObject([
      { request: { targetAccount: '999988887777' }, plan: { right: { objects: 2 } } },
    ]);
  });

  it('brings back one version of one object, by the id that versions shows', async () => {
    cli.pipeline.pass(60);
    cli.pipeline.s3.put('docs', 'a.txt', 'another');
    await cli.pipeline.drain();
    const [, older] = (await cli.run('versions', 's3://docs/a.txt', '--json')).json();
    const { vaultVersionId } = older as { vaultVersionId: string };

    const ran = await cli.run('restore', 's3://docs/a.txt', ...TO, '--at', vaultVersionId, '--wait');
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('1 restored (3 B)') });
    expect(ran.stdout).toContain(
      `restoring s3://docs/a.txt in the version ${vaultVersionId} to s3://${TARGET}/`,
    );
    expect(ran.stdout).toContain(`  s3://docs/a.txt in the version ${vaultVersionId} to s3://${TARGET}\n`);
    expect(cli.pipeline.s3.text(TARGET, 'a.txt')).toBe('one');
  });

  it('says where keys go when the prefix is repeated at the target', async () => {
    const { stderr } = await cli.run('restore', 's3://docs/b/', '--to', 's3://docs/b/', '--dry-run');
    expect(stderr).toContain('b/… becomes b/b/…; --to s3://docs restores in place');

    const stripped = ['--strip-prefix', 'b/', '--dry-run'];
    expect((await cli.run('restore', 's3://docs/b/', '--to', 's3://docs/b/', ...stripped)).stderr).toBe('');
  });

  it('reports what differs, and ends with 3', async () => {
    cli.pipeline.s3.put(TARGET, 'a.txt', 'another');

    const { code, stdout } = await cli.run('restore', 's3://docs', ...TO, '--wait');

    expect(code).toBe(3);
    expect(stdout).toContain('1 restored (3 B), 0 already right, 1 conflicts');
    expect(stdout).toContain('conflict: a.txt (s3://holdfast-restore-photos/a.txt differs');
    expect(stdout).toContain('report: s3://vault/reports/restore/');
  });

  it('lists the first problems and says how many more there are', async () => {
    for (let i = 0; i < 30; i++) {
      cli.pipeline.s3.put('docs', `k${i}`, 'x');
      cli.pipeline.s3.put(TARGET, `k${i}`, 'other');
    }
    await cli.pipeline.drain();

    const { stdout } = await cli.run('restore', 's3://docs', ...TO, '--wait');

    expect(stdout.match(/ {2}conflict: /g)).toHaveLength(20);
    expect(stdout).toContain('and 10 more: see the report');
  });

  it('counts notes, which are no failure and no problem', async () => {
    cli.pipeline.s3.put('docs', 'a.txt', 'held', { legalHold: true, storageClass: 'STANDARD_IA' });
    await cli.pipeline.drain();
    const command = ['restore', 's3://docs', ...TO, '--storage-class', 'ONEZONE_IA', '--wait'];
    const { code, stdout } = await cli.run(...command);
    expect(code).toBe(0);
    expect(stdout).toContain('0 already right, 1 note in the report');
    expect(stdout).not.toContain('legal hold');
    expect(cli.pipeline.s3.object(TARGET, 'a.txt').content.storageClass).toBe('ONEZONE_IA');
  });

  it('answers in JSON as documented', async () => {
    const ran = await cli.run('restore', 's3://docs', ...TO, '--wait', '--json');

    expect(v.parse(RestoreJsonSchema, ran.json()[0])).toMatchObject({
      source: 's3://docs',
      request: { target: `s3://${TARGET}`, overwrite: 'never' },
      result: {
        job: {
          state: 'done',
          counts: { planned: 2, restored: 2 },
          request: { source: 's3://docs', target: `s3://${TARGET}`, prefix: '' },
        },
      },
    });
  });

  it('does the same request under the same name once, and refuses another one', async () => {
    const named = ['restore', 's3://docs', ...TO, '--job-id', 'friday', '--wait'];
    await cli.run(...named);
    cli.pipeline.s3.put('docs', 'later', 'x');
    await cli.pipeline.drain();

    const { stdout } = await cli.run(...named);
    expect(stdout).toContain('job friday was asked for before; nothing is sent again');
    expect(stdout).toContain('2 restored');
    expect(cli.pipeline.s3.text(TARGET, 'later')).toBeUndefined();
    expect(cli.pipeline.queue.idle).toBe(true);
    expect(await cli.run(...named, '--overwrite')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is a job "friday" already, and it is another one'),
    });
  });

  it('may write to a protected bucket, and beside the source itself', async () => {
    cli.givenBucket('photos-2');
    await cli.run('protect', 's3://photos-2', '--no-initial');

    expect((await cli.run('restore', 's3://docs', '--to', 's3://photos-2', '--wait')).code).toBe(0);
    expect((await cli.run('restore', 's3://docs/a', '--to', 's3://docs/restored/', '--wait')).code).toBe(0);
    expect(cli.pipeline.s3.text('docs', 'restored/a.txt')).toBe('one');
  });

  it.each([
    ['the vault as a target', ['s3://docs', '--to', 's3://vault/x'], 'is the vault itself'],
    ['the vault as a source', ['s3://vault', ...TO], 'is the vault itself'],
    [
      'a target that is not allowed',
      ['s3://docs', '--to', 's3://other'],
      "the stack's parameter RestoreTargets",
    ],
    ['a target that does not exist', ['s3://docs', '--to', 's3://holdfast-restore-x'], 'there is no bucket'],
    ['a target in another region', ['s3://docs', '--to', 's3://holdfast-restore-far'], 'is in eu-west-1'],
    ['a source the vault has nothing of', ['s3://nowhere', ...TO], 'holds nothing under s3://nowhere/'],
    ['a prefix the vault has nothing of', ['s3://docs/zzz', ...TO], 'holds nothing under s3://docs/zzz'],
    [
      'a moment before anything was captured',
      ['s3://docs', ...TO, '--at', '2026-02-01T00:00:00Z'],
      "2026-02-01T00:00:00Z is before the first backup: the vault's oldest copy under s3://docs/ is of 2026-03-01T12:00:01Z",
    ],
    [
      'a moment that has not come yet',
      ['s3://docs', ...TO, '--at', '2027-01-01T00:00:00Z'],
      'lies in the future',
    ],
    ['an invalid time', ['s3://docs', ...TO, '--at', 'someday'], '"someday" is not a moment'],
    [
      'a version that the object does not have',
      ['s3://docs/a.txt', ...TO, '--at', 'x'.repeat(22)],
      'is neither a moment nor a version of s3://docs/a.txt: holdfast versions s3://docs/a.txt',
    ],
    ['a version of a whole bucket', ['s3://docs', ...TO, '--at', 'x'.repeat(22)], 'is more than one object'],
    ['an invalid glob', ['s3://docs', ...TO, '--include', '[x'], '"[x" is not a valid glob'],
    ['an invalid URI', ['docs', ...TO], '"docs" is not an S3 URI'],
    ['an invalid target', ['s3://docs', '--to', 'gs://there'], '"gs://there" is no target'],
    ['an ARN', ['s3://docs', '--to', 'arn:aws:s3:::there'], '"arn:aws:s3:::there" is no target'],
    ['a URI with a slash too few', ['s3://docs', '--to', 's3:/there'], '"s3:/there" is no target'],
    [
      'what is for folders only',
      ['s3://docs', ...TO, '--transfers', '3'],
      '--transfers is not for this target',
    ],
    ['an invalid job id', ['s3://docs', ...TO, '--job-id', 'a b'], 'field "jobId"'],
  ])('refuses %s before anything is sent', async (_, argv, words) => {
    cli.givenBucket('other');
    cli.pipeline.s3.createBucket('holdfast-restore-far', { region: 'eu-west-1' });
    const before = await footprint(cli);

    const { code, stdout, stderr } = await cli.run('restore', ...argv);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).toMatch(/^(as of [^\n]*\n)?(the vault keeps [^\n]*\n)?holdfast: [^\n]*\n$/);
    expect(await footprint(cli)).toEqual(before);
  });

  it('ends with 1 when the job is refused by the stack after all', async () => {
    const sent = cli.meanwhile;
    cli.meanwhile = async () => {
      await cli.pipeline.catalog.patchSource('s3://photos-2', { state: 'unprotected' });
      await sent();
    };
    cli.givenBucket('photos-2');
    await cli.run('protect', 's3://photos-2', '--no-initial');

    const { code, stdout } = await cli.run('restore', 's3://docs', '--to', 's3://photos-2', '--wait');

    expect(code).toBe(1);
    expect(stdout).toContain('restores may not write to s3://photos-2');
  });
});

describe('the plan of a restore', () => {
  const inTarget = () => cli.pipeline.s3.keys(TARGET).map((key) => [key, cli.pipeline.s3.text(TARGET, key)]);

  it('is shown by --dry-run, and nothing is done', async () => {
    cli.pipeline.s3.put(TARGET, 'a.txt', 'another');
    cli.pipeline.s3.put(TARGET, 'extra', 'x');
    const { code, stdout } = await cli.run(
      'restore',
      's3://docs',
      ...TO,
      '--overwrite',
      '--exact',
      '--dry-run',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('asked for                    2   6 B');
    expect(stdout).toContain('1 object is replaced:\n  a.txt');
    expect(stdout).toContain('1 object is deleted at the target:\n  extra');
    expect(stdout).toContain('nothing was done (--dry-run)');
    expect(inTarget()).toEqual([
      ['a.txt', 'another'],
      ['extra', 'x'],
    ]);
    expect(cli.pipeline.queue.idle).toBe(true);
  });

  it('is JSON as documented', async () => {
    const ran = await cli.run('restore', 's3://docs', ...TO, '--dry-run', '--json');
    expect(v.parse(RestoreJsonSchema, ran.json()[0])).toMatchObject({
      jobId: null,
      result: null,
      plan: { selected: { objects: 2, bytes: 6 }, fresh: { objects: 2 }, archived: {} },
    });
  });

  it.each([
    [[], 'original', 'stored in the class it had'],
    [['--storage-class', 'STANDARD_IA'], 'STANDARD_IA', 'stored in STANDARD_IA\n'],
    [['--storage-class', 'GLACIER'], 'GLACIER', 'stored in GLACIER: it has to be thawed there'],
  ])('says what class it stores in: %j', async (options, storageClass, words) => {
    const command = ['restore', 's3://docs', ...TO, '--dry-run', ...options];
    expect((await cli.run(...command)).stdout).toContain(words);
    const [answer] = (await cli.run(...command, '--json')).json();
    expect(v.parse(RestoreJsonSchema, answer).plan?.storageClass).toBe(storageClass);
  });

  it('is shown before anything is overwritten, and a person is asked', async () => {
    cli.pipeline.s3.put(TARGET, 'a.txt', 'another');
    cli.answer = 'n';
    const no = await cli.run('restore', 's3://docs', ...TO, '--overwrite', '--wait');
    expect(no).toMatchObject({ code: 1, stderr: expect.stringContaining('not confirmed') });
    expect(no.stdout).toContain('replaced');
    expect(cli.questions).toEqual(['This replaces 1 object (3 B). Go on? [y/N] ']);
    expect(cli.pipeline.s3.text(TARGET, 'a.txt')).toBe('another');

    cli.answer = 'y';
    expect((await cli.run('restore', 's3://docs', ...TO, '--overwrite', '--wait')).code).toBe(0);
    expect(cli.pipeline.s3.text(TARGET, 'a.txt')).toBe('one');
  });

  it('needs --yes where nobody is there to answer, and asks nothing when nothing is lost', async () => {
    expect((await cli.run('restore', 's3://docs', ...TO, '--overwrite', '--wait')).code).toBe(0);
    cli.pipeline.s3.put(TARGET, 'a.txt', 'another');
    expect(await cli.run('restore', 's3://docs', ...TO, '--overwrite', '--wait')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('say --yes'),
    });
    expect((await cli.run('restore', 's3://docs', ...TO, '--overwrite', '--yes', '--wait')).code).toBe(0);
    expect(cli.pipeline.s3.text(TARGET, 'a.txt')).toBe('one');
  });

  it('of an exact restore is what it may delete: what appears later is not', async () => {
    cli.pipeline.s3.put(TARGET, 'extra', 'x');
    const argv = ['restore', 's3://docs', ...TO, '--exact', '--yes', '--job-id', 'exact'];
    expect((await cli.run(...argv)).code).toBe(0);
    cli.pipeline.s3.put(TARGET, 'another extra', 'x');
    const { code, stdout } = await cli.run(...argv, '--wait');
    expect(code).toBe(3);
    expect(stdout).toContain('more than the 1 that may be deleted');
    expect(cli.pipeline.s3.keys(TARGET)).toContain('extra');

    const again = await cli.run('restore', 's3://docs', ...TO, '--exact', '--yes', '--wait');
    expect(again.stdout).toContain('2 deleted');
    expect(cli.pipeline.s3.keys(TARGET)).toEqual(['a.txt', 'b/c.txt']);
  });

  it('that deletes very much is not done by a mere y', async () => {
    for (let i = 0; i < 1_001; i++) cli.pipeline.s3.put(TARGET, `x${i}`, 'x');
    cli.answer = 'y';
    expect(await cli.run('restore', 's3://docs', ...TO, '--exact')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('would delete 1,001 objects'),
    });
    expect(cli.questions).toEqual([]);
  });
});

describe('the plan of a restore into a bucket with a KMS key', () => {
  const key = 'arn:aws:kms:us-east-1:111122223333:key/k';
  const ofCustomer = { versioned: false, encryption: { algorithm: 'aws:kms', key, bucketKey: true } };
  const dryRun = () => cli.run('restore', 's3://docs', '--to', `s3://${TARGET}`, '--dry-run', '--json');

  it('says that the key’s policy has to let the functions use it', async () => {
    cli.buckets.setups.set(TARGET, ofCustomer);
    const { stderr, json } = await dryRun();
    expect(stderr).toContain(
      `s3://${TARGET} encrypts with the KMS key ${key}: its policy has to let the role`,
    );
    expect(stderr).toContain('kms:GenerateDataKey, kms:Decrypt');
    expect(json()[0]).toMatchObject({ plan: { encryption: { algorithm: 'aws:kms', key } } });
  });

  it('says so of a target that is made as the source is', async () => {
    cli.buckets.setups.set('docs', ofCustomer);
    const to = ['--to-new', 's3://holdfast-restore-new'];
    expect((await cli.run('restore', 's3://docs', ...to, '--dry-run')).stderr).toContain(`KMS key ${key}`);
  });

  it.each([
    ['S3’s own', { algorithm: 'AES256', bucketKey: false }],
    ['AWS’s key for S3', { algorithm: 'aws:kms', bucketKey: true }],
    [
      'the same by its alias',
      { algorithm: 'aws:kms', key: 'arn:aws:kms:eu-west-1:1:alias/aws/s3', bucketKey: true },
    ],
  ])('says nothing of a key that anybody of the account may use: %s', async (_, encryption) => {
    cli.buckets.setups.set(TARGET, { versioned: false, encryption });
    const { stderr, json } = await dryRun();
    expect(stderr).toBe('');
    expect(json()[0]).toMatchObject({ plan: { encryption: { algorithm: encryption.algorithm } } });
  });

  it('says what it could not see', async () => {
    cli.buckets.unseen.add(TARGET);
    const { stderr, json } = await dryRun();
    expect(stderr).toContain(`how s3://${TARGET} encrypts cannot be seen`);
    expect(json()[0]).toMatchObject({ plan: { encryption: null } });
  });
});

describe('restore --to-new', () => {
  it('makes a bucket as the source is set up, and restores into it', async () => {
    const encryption = { algorithm: 'aws:kms', key: 'k', bucketKey: true };
    cli.buckets.setups.set('docs', { versioned: true, encryption });
    const { code, stderr } = await cli.run(
      'restore',
      's3://docs',
      '--to-new',
      's3://holdfast-restore-new',
      '--wait',
    );
    expect(code).toBe(0);
    expect(stderr).toContain(
      'made s3://holdfast-restore-new: encrypted (aws:kms), without versions until the restore is done, not public',
    );
    expect(stderr).toContain('s3://holdfast-restore-new keeps versions from now on, as s3://docs does');
    expect(cli.buckets.setups.get('holdfast-restore-new')).toMatchObject({
      versioned: true,
      encryption,
      region: 'us-east-1',
    });
    expect(cli.pipeline.s3.text('holdfast-restore-new', 'a.txt')).toBe('one');
  });

  it('writes into it before it has versions, and says how it gets them when nobody waits', async () => {
    cli.buckets.setups.set('docs', { versioned: true });
    const states: string[] = [];
    cli.pipeline.s3.requests.before = (op) => {
      if (op === 'copy') states.push(cli.pipeline.s3.bucket('holdfast-restore-new').versioning);
    };
    const to = ['--to-new', 's3://holdfast-restore-new'];
    const { code, stderr } = await cli.run('restore', 's3://docs', ...to);
    expect(code).toBe(0);
    expect(stderr).toContain('aws s3api put-bucket-versioning --bucket holdfast-restore-new');
    await cli.pipeline.drain();
    expect(new Set(states)).toEqual(new Set(['never']));
    expect(cli.buckets.setups.get('holdfast-restore-new')).toMatchObject({ versioned: false });
  });

  it('makes one of a source that is gone', async () => {
    cli.buckets.unseen.add('docs');
    const { code, stderr } = await cli.run(
      'restore',
      's3://docs',
      '--to-new',
      's3://holdfast-restore-new',
      '--wait',
    );
    expect(code).toBe(0);
    expect(stderr).toContain('s3://docs cannot be read');
  });

  it('plans without it, and makes nothing then', async () => {
    const to = ['--to-new', 's3://holdfast-restore-new'];
    const { code, stdout } = await cli.run('restore', 's3://docs', ...to, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('new at the target');
    expect(cli.buckets.setups.size).toBe(0);
  });

  it.each([
    ['a bucket that exists', ['--to-new', `s3://${TARGET}`], 'exists already'],
    ['a name that restores may not write to', ['--to-new', 's3://mine'], 'RestoreTargets'],
    ['two targets', ['--to-new', 's3://holdfast-restore-new', ...TO], 'exclude each other'],
    ['a folder', ['--to-new', './there'], 'is no bucket'],
  ])('refuses %s', async (_, argv, words) => {
    expect(await cli.run('restore', 's3://docs', ...argv)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(words),
    });
    expect(cli.buckets.setups.size).toBe(0);
  });
});
