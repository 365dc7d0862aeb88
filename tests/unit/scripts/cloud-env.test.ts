import { describe, expect, it } from 'vitest';
import { exportLines, externalCloudEnv, localCloudEnv, toolEnv } from '../../../scripts/lib/cloud-env.ts';

const ENDPOINT = 'http://127.0.0.1:4566';

describe('the environment of the cloud', () => {
  it('is the root caller of the local one', () => {
    expect(localCloudEnv(ENDPOINT)).toEqual({
      AWS_ENDPOINT_URL: ENDPOINT,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  });

  it("keeps the user's keys and region for an endpoint of the user's", () => {
    const env = { AWS_ACCESS_KEY_ID: 'key', AWS_SESSION_TOKEN: 'token', AWS_DEFAULT_REGION: 'eu-west-1' };
    expect(externalCloudEnv('http://cloud:1', env)).toEqual({
      AWS_ENDPOINT_URL: 'http://cloud:1',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_SESSION_TOKEN: 'token',
    });
  });

  it('keeps everything from a tool that could lead it to a real account', () => {
    const shell = {
      HOME: '/home/me',
      AWS_PROFILE: 'production',
      AWS_SESSION_TOKEN: 'real',
      AWS_ENDPOINT_URL_S3: 'https://s3.amazonaws.com',
      SAM_CLI_TELEMETRY: '1',
      NO_PROXY: 'internal',
    };
    const env = toolEnv(shell, localCloudEnv(ENDPOINT));
    expect(env).toMatchObject({
      HOME: '/home/me',
      AWS_ENDPOINT_URL: ENDPOINT,
      NO_PROXY: 'internal,127.0.0.1,localhost',
    });
    for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL_S3', 'SAM_CLI_TELEMETRY']) {
      expect(env).not.toHaveProperty(name);
    }
  });
});

describe('the lines to evaluate', () => {
  it('export every name', () => {
    expect(exportLines({ AWS_ENDPOINT_URL: ENDPOINT, AWS_REGION: 'us-east-1' }, {})).toEqual([
      `export AWS_ENDPOINT_URL=${ENDPOINT}`,
      'export AWS_REGION=us-east-1',
    ]);
  });

  it('quote what a shell would read otherwise', () => {
    expect(exportLines({ KEY: "a b'c$d" }, {})).toEqual([`export KEY='a b'\\''c$d'`]);
  });

  it('unset what would overrule them', () => {
    const lines = exportLines({ KEY: 'x' }, { AWS_PROFILE: 'production', AWS_SESSION_TOKEN: 'real' });
    expect(lines.slice(0, 2)).toEqual(['unset AWS_PROFILE', 'unset AWS_SESSION_TOKEN']);
  });
});
