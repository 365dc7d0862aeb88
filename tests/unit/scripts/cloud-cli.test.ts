import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../scripts/lib/port.ts';

async function cloud(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['scripts/cloud.ts', ...args], { env: { ...process.env, ...env } });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, err, code: Number(code) };
}

describe('the cloud command', () => {
  it.each([[[]], [['upp']], [['up', 'down']], [['toString']], [['up', '--jsn']]])(
    'answers %j with exit code 2, on standard error',
    async (args) => {
      expect(await cloud(args)).toMatchObject({ out: '', code: 2, err: expect.stringMatching(/^cloud: /) });
    },
  );

  it('answers a bad setting with exit code 2 and one line', async () => {
    const { code, err } = await cloud(['status'], { HOLDFAST_CLOUD_PORT: 'x', AWS_ENDPOINT_URL: '' });
    expect(code).toBe(2);
    expect(err).toBe("cloud: HOLDFAST_CLOUD_PORT is 'x': it has to be a port number.\n");
  });

  it('shows how it is used', async () => {
    expect(await cloud(['--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage: /) });
  });

  it("prints one JSON object about an endpoint of the user's that does not answer", async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const { out, code } = await cloud(['status', '--json'], { AWS_ENDPOINT_URL: endpoint });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ running: false, own: false, endpoint });
  });
});
