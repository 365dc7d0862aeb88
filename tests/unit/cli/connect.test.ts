import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../cli/connect.ts';
import { readOutputs } from '../../../cli/core-stack.ts';
import { type AwsOptions, type FakeAws, fakeAws } from '../../support/fake-aws.ts';
import { OUTPUTS } from './support/given-cli.ts';

const OPTIONS = { stack: 'backup', region: 'eu-central-1' };
const DATE = Date.parse('2026-03-01T12:00:00Z');

let aws: FakeAws | undefined;

async function givenStack(options: Partial<AwsOptions>): Promise<{ readonly endpointUrl: string }> {
  aws = await fakeAws({ date: () => DATE, outputs: OUTPUTS, ...options });
  return { endpointUrl: aws.url };
}

beforeEach(() => {
  vi.stubEnv('AWS_PROFILE', undefined);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
    vi.stubEnv(name, 'from-the-environment');
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
  aws?.close();
  aws = undefined;
});

describe('connect', () => {
  it('finds what the stack says of itself', async () => {
    const outputs = { ...OUTPUTS, RestoreTargetPatterns: 'team-*, other' };
    const { stack, world } = await connect({ ...OPTIONS, ...(await givenStack({ outputs })) });

    expect(stack).toMatchObject({ name: 'holdfast', region: 'eu-central-1' });
    expect(world.settings).toMatchObject({
      vault: 'vault',
      restoreTargets: ['holdfast-restore-*', 'team-*', 'other'],
      multipartThresholdBytes: 5 * 1024 ** 3,
    });
  });

  it('plans with the parts that the stack copies in', async () => {
    const partsOf = async (parameters: Record<string, string>) => {
      const { world } = await connect({ ...OPTIONS, ...(await givenStack({ parameters })) });
      aws?.close();
      return world.settings.partBytes;
    };
    expect(await partsOf({ PartMiB: '64' })).toBe(64 * 1024 ** 2);
    expect(await partsOf({})).toBe(256 * 1024 ** 2);
  });

  it("begins at AWS's time, and goes on from there", async () => {
    const { clock, world } = await connect({ ...OPTIONS, ...(await givenStack({})) });

    expect(clock.start).toBe(DATE);
    const [now, later] = [clock.now(), world.clock()];
    expect(now).toBeGreaterThanOrEqual(DATE);
    expect(later).toBeGreaterThanOrEqual(now);
    // It was months ago: whatever this machine takes, it does not take so long.
    expect(later).toBeLessThan(DATE + 3600_000);
    expect(clock.skewMs).toBeGreaterThan(0);
  });

  it('refuses what does not say what time it is', async () => {
    const given = await givenStack({ date: () => undefined });

    await expect(connect({ ...OPTIONS, ...given })).rejects.toThrow('does not say what time it is');
  });

  it('lets a profile of the command line win over keys in the environment', async () => {
    const given = await givenStack({});

    // The profile is there, and has no keys.
    await expect(connect({ ...OPTIONS, ...given, profile: 'work' })).rejects.toThrow();

    expect(process.env['AWS_PROFILE']).toBe('work');
    expect(process.env['AWS_ACCESS_KEY_ID']).toBeUndefined();
  });

  it('says where it looked when there is no such stack', async () => {
    const status = 'DELETE_COMPLETE';
    await expect(connect({ ...OPTIONS, ...(await givenStack({ status })) })).rejects.toThrow(
      'there is no stack "backup" in eu-central-1 of account 123456789012: deploy it',
    );
  });

  it('refuses a stack that is still being made', async () => {
    const given = await givenStack({ status: 'CREATE_IN_PROGRESS', outputs: {} });

    await expect(connect({ ...OPTIONS, ...given })).rejects.toThrow(
      'stack "holdfast" is in state CREATE_IN_PROGRESS and cannot be used',
    );
  });
});

describe('readOutputs', () => {
  it('refuses a stack of something else, and one that lacks an output', () => {
    const view = { name: 'web', status: 'CREATE_COMPLETE', tags: {} };

    expect(() => readOutputs({ ...view, outputs: {} })).toThrow(
      /^stack "web" is not a Holdfast core stack of this version \(no output VaultBucket and \d+ more\)/,
    );
    const { VaultBucket: _, ...outputs } = OUTPUTS;
    expect(() => readOutputs({ ...view, outputs })).toThrow('(no output VaultBucket)');
  });

  it('takes no restore targets for what CloudFormation leaves out when it is empty', () => {
    const { RestoreTargetPatterns: _, ...outputs } = OUTPUTS;

    expect(
      readOutputs({ name: 'x', status: 'CREATE_COMPLETE', tags: {}, outputs }).RestoreTargetPatterns,
    ).toBe('');
  });
});
