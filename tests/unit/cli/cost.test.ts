import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CommandError } from '../../../cli/errors.ts';
import { TEMPLATE_DEFAULTS } from '../../../operations/cost/assumptions.ts';
import { type CostJson, CostSchema } from '../../../operations/json/cost.ts';
import { CliWorld, footprint } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(() => {
  cli = new CliWorld();
  cli.givenBucket('docs', { 'a/1': 'one', 'a/2': 'two', 'b/3': 'three' });
});

async function costOf(...argv: string[]): Promise<CostJson> {
  const ran = await cli.run('cost', ...argv, '--json');
  expect(ran.stderr).toBe('');
  return v.parse(CostSchema, ran.json()[0]);
}

describe('cost', () => {
  it('lists the bucket, changes nothing, and says what that took', async () => {
    const before = await footprint(cli);
    cli.pipeline.s3.requests.resetCounts();

    const { asked, objects, bytes } = await costOf('s3://docs');

    expect(await footprint(cli)).toEqual(before);
    expect(cli.pipeline.s3.requests.counts()).toEqual({ bucket: 1, list: 1, head: 3 });
    expect({ asked, objects, bytes }).toMatchObject({
      asked: { listed: 3, sample: 3, requests: 5 },
      objects: 3,
      bytes: 11,
    });
  });

  it('shows a person what is paid once and what each month', async () => {
    const { code, stdout } = await cli.run('cost', 's3://docs');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^s3:\/\/docs: 3 objects, 11 B$/m);
    expect(stdout).toMatch(/^first backup +[\d,]+ +<\$0\.01 +\d/m);
    expect(stdout).toMatch(/^in all +/m);
    expect(stdout).toContain('list prices of us-east-1 of');
  });

  it('counts only what would be protected, and every key that it had to list', async () => {
    const { objects, asked, prefix, exclude } = await costOf('s3://docs/a/', '--exclude', '**/2');

    expect({ objects, listed: asked.listed, prefix, exclude }).toEqual({
      objects: 1,
      listed: 2,
      prefix: 'a/',
      exclude: ['**/2'],
    });
  });

  it('says what tags that change cost: a version up to 1 MiB, a record above', async () => {
    const { perMillionTagChanges: small } = await costOf('s3://docs');
    expect(small.dollars).toBeGreaterThan(5);
    // A million a month, for three months, of 3.7 bytes each.
    expect(small.versions.bytes).toBeCloseTo((3_000_000 * 11) / 3, -2);
    expect((await cli.run('cost', 's3://docs')).stdout).toContain('none with protect --tags-changed off');

    cli.givenBucket('films', { one: 'x'.repeat(1024 * 1024 + 1) });
    const { perMillionTagChanges: large } = await costOf('s3://films');
    expect(large.versions).toEqual({ bytes: 0, dollars: 0 });
    expect(large.dollars).toBeGreaterThan(5);
  });

  it('prices ACLs only where they are to be remembered', async () => {
    const [without, with_] = [await costOf('s3://docs'), await costOf('s3://docs', '--acls')];
    expect([without.perMillionAclChanges, with_.perMillionAclChanges?.requests]).toEqual([null, 12_000_000]);
    expect(with_.firstBackup.requests - without.firstBackup.requests).toBe(without.objects);
    expect((await cli.run('cost', 's3://docs', '--acls')).stdout).toContain('with ACLs remembered');
    expect((await cli.run('cost', 's3://docs')).stdout).not.toContain('ACLs');
  });

  it('names what cannot be captured', async () => {
    cli.pipeline.s3.put('docs', 'cold', 'cold', { storageClass: 'DEEP_ARCHIVE' });
    cli.pipeline.s3.put('docs', 'sealed', 'sealed', { customerKey: true });

    const { notCaptured } = await costOf('s3://docs');

    expect(notCaptured).toEqual([
      { reason: 'archived', objects: 1, bytes: 4, ofSample: null, keys: ['cold'] },
      { reason: 'customer-key', objects: null, bytes: null, ofSample: 1, keys: ['sealed'] },
    ]);
    expect((await cli.run('cost', 's3://docs')).stdout).toMatch(
      /^not captured: 1 object \(4 B\), in an archive/m,
    );
  });

  it('takes the changes of a day as a number or as a share', async () => {
    expect((await costOf('s3://docs')).assumed.changesPerDay).toBeCloseTo(0.03);
    expect((await costOf('s3://docs', '--changes-per-day', '50%')).assumed.changesPerDay).toBe(1.5);
    expect((await costOf('s3://docs', '--changes-per-day', '7')).assumed.changesPerDay).toBe(7);

    const { code, stderr } = await cli.run('cost', 's3://docs', '--changes-per-day', 'some');
    expect(code).toBe(2);
    expect(stderr).toContain('"some" is neither a number of objects nor a share, as 2%');
  });

  it('takes retention and cold class from the stack that is there', async () => {
    Object.assign(cli.parameters, { ColdAfterDays: '10', ColdStorageClass: 'DEEP_ARCHIVE' });

    expect((await costOf('s3://docs')).assumed).toMatchObject({
      stack: 'holdfast',
      retentionDays: 90,
      coldAfterDays: 10,
      coldStorageClass: 'DEEP_ARCHIVE',
    });
  });

  it('works before there is a stack, and says what it assumed', async () => {
    cli.unreachable = new CommandError('there is no stack "holdfast"', 'no-stack');

    expect((await costOf('s3://docs')).assumed).toMatchObject({ stack: null, retentionDays: 90 });
    expect((await cli.run('cost', 's3://docs')).stdout).toContain("assumed: the template's defaults");
  });

  it('is refused where AWS cannot be reached for other reasons', async () => {
    cli.unreachable = new CommandError('no AWS credentials', 'credentials');

    expect(await cli.run('cost', 's3://docs')).toMatchObject({ code: 1, stdout: '' });
  });

  it.each([
    ['a bucket that does not exist', 's3://nowhere', 'there is no bucket s3://nowhere'],
    ['a bucket of somebody else', 's3://theirs', 'access denied to s3://theirs'],
    ['a bucket in another region', 's3://far', 's3://far is in eu-west-1, and was asked for in us-east-1'],
  ])('refuses %s', async (_, uri, words) => {
    cli.givenBucket('theirs');
    cli.pipeline.s3.deny('theirs');
    cli.pipeline.s3.createBucket('far', { region: 'eu-west-1' });

    const { code, stderr } = await cli.run('cost', uri);

    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it('costs its alarms for an empty bucket, and next to nothing else', async () => {
    cli.givenBucket('empty');

    const { objects, monthly, firstBackup } = await costOf('s3://empty');

    expect(objects).toBe(0);
    expect(monthly.alarms.dollars).toBeCloseTo(2);
    expect(monthly.dollars - monthly.alarms.dollars).toBeLessThan(0.02);
    expect(firstBackup.seconds).toBe(0);
  });

  it('counts the hourly checks, and a canary when asked to', async () => {
    const { monthly } = await costOf('s3://docs');
    expect(monthly.canary).toBeNull();
    expect(monthly.checks.requests).toBe(720 * 10);
    const asked = (await costOf('s3://docs', '--canary')).monthly;
    expect(asked.canary).toEqual({ requests: 720 * 18, dollars: expect.closeTo(0.317, 3) });
    expect(asked.dollars - monthly.dollars).toBeCloseTo(asked.canary?.dollars ?? 0);
    expect((await cli.run('cost', 's3://docs', '--canary')).stdout).toMatch(
      /a canary each hour +12,960 +\$0.32/,
    );
  });

  it('assumes the defaults that the template has', () => {
    const file = readFileSync(resolve(import.meta.dirname, '../../../template.yaml'), 'utf8');
    const { Parameters } = parse(file, { logLevel: 'error' }) as {
      Parameters: Record<string, { Default: unknown }>;
    };

    for (const [name, value] of Object.entries(TEMPLATE_DEFAULTS))
      expect(Parameters[name]?.Default).toBe(value);
  });
});
