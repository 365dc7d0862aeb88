import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { instanceFile, recordInstance } from '../../../scripts/lib/instance.ts';
import {
  restartMinistack,
  runningInstance,
  startMinistack,
  stopMinistack,
} from '../../../scripts/lib/ministack.ts';
import { ministackEnv } from '../../../scripts/lib/ministack-env.ts';
import { freePort } from '../../../scripts/lib/port.ts';
import { processIdentity } from '../../../scripts/lib/process-identity.ts';
import { givenDirectory } from './support.ts';

/** Answers health as MiniStack does, and has a worker of its own, whose pid it tells. */
const HEALTHY = `
const worker = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
require('node:http').createServer((request, response) => {
  response.end(JSON.stringify({ services: {}, auth: process.env.AUTH === 'true' ? 'enabled' : 'disabled', worker: worker.pid }));
}).listen(Number(process.env.GATEWAY_PORT), process.env.BIND_HOST);
`;

/** A real process in MiniStack's place, in a state directory of its own, stopped after the test. */
async function givenEmulator(script: string) {
  const stateDir = await givenDirectory();
  const command = join(stateDir, 'emulator.cjs');
  await writeFile(command, `#!${process.execPath}\n${script}`);
  await chmod(command, 0o755);
  const port = await freePort();
  const start = (timeoutMs = 10_000) =>
    startMinistack({
      python: command,
      root: stateDir,
      stateDir,
      port,
      auth: true,
      env: process.env,
      timeoutMs,
    });
  onTestFinished(async () => void (await stopMinistack(stateDir)));
  return { stateDir, port, start };
}

describe('starting the emulator', () => {
  it('waits until it answers, and finds it again', async () => {
    const { stateDir, port, start } = await givenEmulator(HEALTHY);
    const instance = await start();
    expect(instance).toMatchObject({ port, endpoint: `http://127.0.0.1:${port}`, auth: true });
    expect(await runningInstance(stateDir)).toEqual(instance);
  });

  it('shows the last lines of the log when it dies', async () => {
    const { stateDir, port, start } = await givenEmulator(
      'console.log("first"); throw new Error("no luck");',
    );
    await expect(start()).rejects.toMatchObject({
      message: expect.stringContaining(`MiniStack ended at once on port ${port}`),
      detail: expect.stringContaining('no luck'),
    });
    expect(existsSync(instanceFile(stateDir))).toBe(false);
  });

  it('gives up, and stops it, when it never answers', async () => {
    const { stateDir, start } = await givenEmulator('setInterval(() => {}, 1000)');
    await expect(start(1_000)).rejects.toThrow(/does not answer/);
    expect(await runningInstance(stateDir)).toBeUndefined();
  });

  it('refuses a port that is taken, and starts nothing', async () => {
    const { port, start } = await givenEmulator(HEALTHY);
    await start();
    await expect(start()).rejects.toThrow(`Port ${port} is taken by another program`);
  });
});

describe('stopping the emulator', () => {
  it('ends it and its workers', async () => {
    const { stateDir, start } = await givenEmulator(HEALTHY);
    const { pid, endpoint } = await start();
    const { worker } = (await (await fetch(`${endpoint}/_ministack/health`)).json()) as { worker: number };
    expect(processIdentity(worker)).toBeTruthy();
    expect(await stopMinistack(stateDir)).toBe(true);
    expect(processIdentity(pid)).toBeUndefined();
    await expect.poll(() => processIdentity(worker)).toBeUndefined();
    expect(await stopMinistack(stateDir)).toBe(false);
  });

  it('never ends a process that only has the pid', async () => {
    const stateDir = await givenDirectory();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
    onTestFinished(() => void stranger.kill('SIGKILL'));
    await once(stranger, 'spawn');
    const pid = stranger.pid ?? 0;
    await recordInstance(stateDir, {
      pid,
      identity: 'boot 1',
      port: 1,
      endpoint: 'http://127.0.0.1:1',
      auth: true,
      started: '2026-01-01T00:00:00Z',
    });
    expect(await runningInstance(stateDir)).toBeUndefined();
    expect(await stopMinistack(stateDir)).toBe(false);
    expect(processIdentity(pid)).toBeTruthy();
    expect(existsSync(instanceFile(stateDir))).toBe(false);
  });

  it('takes a damaged state file for none', async () => {
    const stateDir = await givenDirectory();
    await writeFile(instanceFile(stateDir), '{"pid": 1');
    expect(await runningInstance(stateDir)).toBeUndefined();
    expect(await stopMinistack(stateDir)).toBe(false);
  });
});

describe('restarting the emulator', () => {
  const again = (stateDir: string) =>
    restartMinistack({
      python: join(stateDir, 'emulator.cjs'),
      root: stateDir,
      stateDir,
      auth: true,
      env: {},
    });

  it('starts another process on the same port, with what the first one left', async () => {
    const { stateDir, start } = await givenEmulator(HEALTHY);
    const { pid, port } = await start();
    await writeFile(join(stateDir, 's3', 'object'), 'kept');
    const second = await again(stateDir);
    expect(second.port).toBe(port);
    expect(processIdentity(pid)).toBeUndefined();
    expect(await runningInstance(stateDir)).toEqual(second);
    expect(await readFile(join(stateDir, 's3', 'object'), 'utf8')).toBe('kept');
  });

  it('does not begin what is not there', async () => {
    await expect(again(await givenDirectory())).rejects.toThrow(/no local cloud to start again/);
  });
});

describe('the environment of the emulator', () => {
  const options = { root: '/repo', stateDir: '/repo/.holdfast', port: 5000, auth: false };

  it('holds nothing of the shell but its path, behind the node of the repository', () => {
    const env = ministackEnv({
      ...options,
      env: { PATH: '/usr/bin', AWS_PROFILE: 'production', SECRET: 'x' },
    });
    expect(env['PATH']).toBe('/repo/node_modules/.bin:/usr/bin');
    expect(env).not.toHaveProperty('AWS_PROFILE');
    expect(env).not.toHaveProperty('SECRET');
  });

  it('keeps it on the loopback interface and its files in the state directory', () => {
    expect(ministackEnv({ ...options, env: {} })).toMatchObject({
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: '5000',
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
      AUTH: 'false',
      S3_DATA_DIR: '/repo/.holdfast/s3',
      TMPDIR: '/repo/.holdfast/tmp',
    });
  });

  it('makes it write down what it holds only when it is to be restarted', () => {
    expect(ministackEnv({ ...options, env: {}, persist: true })).toMatchObject({
      S3_PERSIST: '1',
      PERSIST_STATE: '1',
    });
    const usual = ministackEnv({ ...options, env: {} });
    expect([usual['S3_PERSIST'], usual['PERSIST_STATE']]).toEqual([undefined, undefined]);
  });

  it('lets unpacked CommonJS run below an ES module checkout', async () => {
    const { stateDir, start } = await givenEmulator(HEALTHY);
    await start();
    expect(JSON.parse(await readFile(join(stateDir, 'package.json'), 'utf8'))).toEqual({});
  });
});
