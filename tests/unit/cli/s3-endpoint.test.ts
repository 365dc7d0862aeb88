import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { s3Endpoint } from '../../../cli/adapters/aws/s3-endpoint.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-aws-'));
  vi.stubEnv('AWS_CONFIG_FILE', join(home, 'config'));
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
  vi.stubEnv('AWS_ENDPOINT_URL_S3', undefined);
  vi.stubEnv('AWS_PROFILE', undefined);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

describe('s3Endpoint', () => {
  it("is none for AWS's own", async () => {
    await writeFile(join(home, 'config'), '');

    expect(await s3Endpoint({ region: 'eu-west-1' })).toBeUndefined();
    expect(await s3Endpoint({ region: 'cn-north-1' })).toBeUndefined();
  });

  it('is what was said, what the environment says, or what the configuration file says', async () => {
    const region = 'us-east-1';
    // Written once: the SDK reads it once.
    await writeFile(join(home, 'config'), '[profile local]\nendpoint_url = http://localhost:1003\n');
    expect(await s3Endpoint({ region, endpoint: 'http://127.0.0.1:1001' })).toBe('http://127.0.0.1:1001');

    vi.stubEnv('AWS_PROFILE', 'local');
    expect(await s3Endpoint({ region })).toBe('http://localhost:1003');

    vi.stubEnv('AWS_ENDPOINT_URL', 'https://emulator.test');
    expect(await s3Endpoint({ region })).toBe('https://emulator.test');
  });
});
