import { describe, expect, it } from 'vitest';
import { principalPatterns } from '../../../scripts/smoke/account.ts';
import { Checks, count, expect as expects, PhaseOver } from '../../../scripts/smoke/checks.ts';
import { estimateDollars } from '../../../scripts/smoke/estimate.ts';
import { readOptions, UsageError } from '../../../scripts/smoke/options.ts';
import { sampleObjects } from '../../../scripts/smoke/sample.ts';

function given(interrupted = () => false) {
  const said: string[] = [];
  return { said, checks: new Checks((line) => said.push(line), interrupted) };
}

describe('the assertions of the smoke test', () => {
  it('says each in a line, and goes on after one that does not hold', async () => {
    const { said, checks } = given();
    checks.begin('Protect');
    expect(await checks.check('one', () => '3 objects')).toBe(true);
    expect(await checks.check('two', () => expects(false, 'it is\nnot so') as undefined)).toBe(false);
    expect(await checks.check('three', () => Promise.reject(new TypeError('no such thing')))).toBe(false);
    checks.skip('four', 'not here');
    expect(said).toEqual([
      '\nProtect',
      '  ok    one: 3 objects',
      '  FAIL  two: it is | not so',
      '  FAIL  three: TypeError: no such thing',
      '  skip  four: not here',
    ]);
    expect(count(checks.results)).toEqual({ passed: 1, failed: 2, skipped: 1 });
  });

  it('ends a phase that cannot go on, and one that is interrupted', async () => {
    const { checks } = given();
    await expect(checks.must('one', () => expects(false, 'no') as undefined)).rejects.toBeInstanceOf(
      PhaseOver,
    );
    expect(count(checks.results).failed).toBe(1);
    const stopped = given(() => true);
    await expect(stopped.checks.check('one', () => undefined)).rejects.toBeInstanceOf(PhaseOver);
    expect(stopped.checks.results).toEqual([]);
  });
});

describe('the options of the smoke test', () => {
  it('reads what is planted, and parameters', () => {
    expect(readOptions(['--plant', 'event', '--parameter', 'LockMode=GOVERNANCE', '--keep'])).toMatchObject({
      plants: new Set(['event']),
      parameters: { LockMode: 'GOVERNANCE' },
      keep: true,
      local: false,
    });
    expect(readOptions(['--help'])).toBeUndefined();
  });

  it.each([
    ['LockMode=COMPLIANCE', /nobody.*could delete/],
    ['LockMode=compliance', /nobody.*could delete/],
    ['RestoreSenders=x', /leave it out/],
    ['LockMode', /not of the form/],
    ['A=b c', /not of the form/],
    ['A="b', /not of the form/],
  ])('refuses the parameter %s', (parameter, why) => {
    expect(() => readOptions(['--parameter', parameter])).toThrow(UsageError);
    expect(() => readOptions(['--parameter', parameter])).toThrow(why);
  });

  it.each([['--plant', 'nothing'], ['--what'], ['stray']])('refuses %s %s', (...args) => {
    expect(() => readOptions(args)).toThrow(UsageError);
  });
});

describe('who runs the smoke test', () => {
  const account = { id: '111122223333', partition: 'aws', region: 'eu-west-1', emulator: false };
  it.each([
    ['arn:aws:iam::111122223333:user/ops/ann', ['arn:aws:iam::111122223333:user/ops/ann']],
    ['arn:aws:iam::111122223333:root', ['arn:aws:iam::111122223333:root']],
    [
      'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_12ab/ann@example.com',
      [
        'arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_12ab',
        'arn:aws:iam::111122223333:role/*/AWSReservedSSO_Admin_12ab',
      ],
    ],
  ])('may send restores as %s', (callerArn, patterns) => {
    expect(principalPatterns({ ...account, callerArn })).toEqual(patterns);
  });
});

it('has a sample of distinct keys that S3 takes, two of them above the threshold of 5 MiB', () => {
  const keys = sampleObjects().map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const key of keys) expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
  expect(sampleObjects().filter(({ body }) => body.length > 5 * 1024 * 1024)).toHaveLength(2);
});

it('costs cents', () => {
  expect(estimateDollars()).toBeGreaterThan(0.01);
  expect(estimateDollars()).toBeLessThan(0.25);
});
