import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordInstance } from '../../../scripts/lib/instance.ts';
import { freePort } from '../../../scripts/lib/port.ts';
import { processIdentity } from '../../../scripts/lib/process-identity.ts';
import { cloudSettings } from '../../../scripts/lib/settings.ts';
import { resolveTarget } from '../../../scripts/lib/target.ts';
import { givenDirectory } from './support.ts';

async function givenServer(): Promise<number> {
  const server = createServer((_, response) => void response.writeHead(403).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function target(env: NodeJS.ProcessEnv, root?: string) {
  return resolveTarget(cloudSettings({ root: root ?? (await givenDirectory()), env }));
}

describe('where to deploy', () => {
  it.each([undefined, '', ' '])('is an emulator of our own when AWS_ENDPOINT_URL is %j', async (url) => {
    expect(await target(url === undefined ? {} : { AWS_ENDPOINT_URL: url })).toEqual({ kind: 'own' });
  });

  it("is the user's endpoint when AWS_ENDPOINT_URL names one", async () => {
    expect(await target({ AWS_ENDPOINT_URL: 'http://localhost:9000/' })).toEqual({
      kind: 'external',
      endpoint: 'http://127.0.0.1:9000',
    });
  });

  it('is our own when the shell still exports what an earlier `up` said, though it has been stopped', async () => {
    const port = String(await freePort());
    const env = { HOLDFAST_CLOUD_PORT: port, AWS_ENDPOINT_URL: `http://localhost:${port}` };
    expect(await target(env)).toEqual({ kind: 'own' });
  });

  it("is the user's when something we did not start listens on our port", async () => {
    const port = await givenServer();
    const endpoint = `http://127.0.0.1:${port}`;
    const env = { HOLDFAST_CLOUD_PORT: String(port), AWS_ENDPOINT_URL: endpoint };
    expect(await target(env)).toEqual({ kind: 'external', endpoint });
  });

  it.each([
    ['the instance we recorded', undefined],
    ['an instance that keeps a state of its own', 'e2e'],
  ])('is our own when what listens there is %s', async (_, own) => {
    const root = await givenDirectory();
    const options = { root, ...(own === undefined ? {} : { stateDir: join(root, own) }) };
    const { stateDir } = cloudSettings({ ...options, env: {} });
    await mkdir(stateDir, { recursive: true });
    const port = await givenServer();
    const endpoint = `http://127.0.0.1:${port}`;
    const identity = processIdentity(process.pid) ?? '';
    await recordInstance(stateDir, {
      pid: process.pid,
      identity,
      port,
      endpoint,
      auth: true,
      started: '2026-01-01T00:00:00Z',
    });
    const settings = cloudSettings({ ...options, env: { AWS_ENDPOINT_URL: endpoint } });
    expect(await resolveTarget(settings)).toEqual({ kind: 'own' });
  });

  it.each([
    ['https://s3.eu-west-1.amazonaws.com', 'AWS itself'],
    ['https://lambda.us-east-1.api.aws', 'AWS itself'],
    ['127.0.0.1:4566', 'has to be an http address'],
  ])('is never %s', async (url, message) => {
    await expect(target({ AWS_ENDPOINT_URL: url })).rejects.toThrow(message);
  });
});
