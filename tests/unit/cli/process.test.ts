import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, startCli } from './support/given-process.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

let home: string;
let server: Server;
let silentServer: string;
let website: Server;
let websiteUrl: string;

const addressOf = (listening: Server) => `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;

/** One AWS that takes every request and answers none, and one that is none. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-cli-'));
  await writeFile(
    join(home, 'config'),
    '[profile elsewhere]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:1\n',
  );
  server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  silentServer = addressOf(server);
  website = createServer((_, response) => response.writeHead(404).end('<html>')).listen(0, '127.0.0.1');
  await once(website, 'listening');
  websiteUrl = addressOf(website);
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  website.close();
  await rm(home, { recursive: true });
});

function start(args: readonly string[], env: Record<string, string> = {}) {
  const files = {
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
  };
  return startCli(args, { ...files, ...env });
}

describe('the process', () => {
  it('helps', async () => {
    const { code, stdout, stderr } = await ended(start(['--help']));

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage: holdfast');
  });

  it.each([
    ['no region', {}, ['sources'], 'no AWS region'],
    ['no credentials', { AWS_REGION: 'us-east-1' }, ['sources'], 'no AWS credentials'],
    [
      'a profile without credentials',
      {},
      ['sources', '--profile', 'elsewhere'],
      'no AWS credentials in the profile "elsewhere"',
    ],
    [
      'an emulator that is down',
      { ...KEYS, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      ['protect', 's3://docs'],
      'nothing answers at 127.0.0.1:1',
    ],
    [
      'an endpoint of the command line that is down',
      { ...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:2' },
      ['ls', 's3://docs', '--endpoint-url', 'http://127.0.0.1:1', '--region', 'us-east-1'],
      'nothing answers at 127.0.0.1:1',
    ],
  ])('ends with 1 and one line for %s', async (_, env, args, words) => {
    const { code, stdout, stderr } = await ended(start(args, env));

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^holdfast: [^\n]*\n$/);
    expect(stderr).toContain(words);
  });

  it('says when what answers is not AWS', async () => {
    const env = { ...KEYS, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: websiteUrl };
    const { code, stderr } = await ended(start(['sources'], env));

    expect(code).toBe(1);
    expect(stderr).toBe(
      'holdfast: what answers at the endpoint is not AWS: check AWS_ENDPOINT_URL or --endpoint-url\n',
    );
  });

  it('refuses an endpoint that is none', async () => {
    const { code, stderr } = await ended(
      start(['sources', '--endpoint-url', 'there'], { AWS_REGION: 'us-east-1' }),
    );

    expect(code).toBe(2);
    expect(stderr).toContain('--endpoint-url "there" is not a URL');
  });

  it('refuses a TZ that is no time zone, and still helps', async () => {
    const env = { ...KEYS, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: silentServer, TZ: 'Mars/Phobos' };
    const { code, stdout, stderr } = await ended(start(['ls', 's3://docs', '--at', 'yesterday 18:00'], env));

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^holdfast: TZ="Mars\/Phobos" is no time zone that is known here[^\n]*\n$/);
    expect(await ended(start(['ls', '--help'], env))).toMatchObject({ code: 0, stderr: '' });
  });

  it('shows where it failed when asked to', async () => {
    const { stderr } = await ended(start(['sources'], { HOLDFAST_DEBUG: '1' }));

    expect(stderr).toMatch(/^holdfast: no AWS region[^\n]*\nError: Region is missing\n {4}at /);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends with 130 at %s, whatever it waits for',
    async (signal) => {
      const child = start(['sources'], { ...KEYS, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: silentServer });
      const end = ended(child);
      await once(server, 'request');
      child.kill(signal);

      expect(await end).toMatchObject({ code: 130, signal: null, stderr: 'holdfast: interrupted\n' });
    },
  );
});
