import { describe, expect, it } from 'vitest';
import { localCloudEnv } from '../../../scripts/lib/cloud-env.ts';
import { cloudText, statusText, stoppedText } from '../../../scripts/lib/cloud-output.ts';

const endpoint = 'http://127.0.0.1:4566';
const cloud = { endpoint, env: localCloudEnv(endpoint), outputs: { VaultBucket: 'vault' } };

describe('what up prints', () => {
  it('is one JSON object of endpoint and env', () => {
    const text = cloudText(cloud, {}, true);
    expect(text).not.toContain('\n');
    expect(JSON.parse(text)).toEqual({ endpoint, env: localCloudEnv(endpoint) });
  });

  it('is comments and exports only, so that a shell can evaluate it', () => {
    const [first, ...rest] = cloudText(cloud, {}, false).split('\n');
    expect(first).toMatch(/^# .*http:\/\/127\.0\.0\.1:4566/);
    expect(rest).toHaveLength(5);
    for (const line of rest) expect(line).toMatch(/^export AWS_\w+=\S+$/);
  });
});

describe('what status prints', () => {
  const running = {
    running: true,
    own: true,
    endpoint,
    pid: 7,
    port: 4566,
    auth: true,
    log: '/repo/.holdfast/cloud.log',
    stack: { name: 'holdfast', status: 'CREATE_COMPLETE' },
    outputs: { VaultBucket: 'vault' },
  };

  it('names the process, the stack and its outputs', () => {
    expect(statusText(running, false).split('\n')).toEqual([
      'running  http://127.0.0.1:4566 (pid 7, port 4566, IAM enforced)',
      'log      /repo/.holdfast/cloud.log',
      'stack    holdfast: CREATE_COMPLETE',
      '         VaultBucket = vault',
    ]);
  });

  it('is one JSON object', () => {
    expect(JSON.parse(statusText(running, true))).toEqual(running);
  });

  it('says that nothing runs, or does not answer', () => {
    expect(statusText({ running: false, own: true }, false)).toBe('not running');
    expect(statusText({ running: false, own: false, endpoint }, false)).toContain(endpoint);
  });
});

describe('what down prints', () => {
  it("says that the user's own endpoint was left running", () => {
    expect(stoppedText('external', { AWS_ENDPOINT_URL: endpoint })).toMatch(/^left running: .*4566/);
    expect(stoppedText('stopped', {})).toBe('stopped');
  });
});
