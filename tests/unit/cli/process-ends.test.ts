import { openSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE } from '../../../testing/pipeline.ts';
import { type FakeAws, fakeAws } from '../../support/fake-aws.ts';
import { OUTPUTS } from './support/given-cli.ts';
import { ended, startCli } from './support/given-process.ts';

const URI = `s3://${SOURCE}`;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** More than a pipe holds. */
/** With no more than the moments that `diff` compares. */
const QUIET = { code: 0, signal: null, stderr: expect.stringMatching(/^(from .* to .*\n)?$/) };
const LONG = 'a line of text\n'.repeat(200_000);

let aws: FakeAws;
let folder: string;
let pipeline: Pipeline;
/** Called before an answer is given. */
let hold: (request: string) => Promise<void>;

beforeEach(async () => {
  hold = async () => {};
  pipeline = new Pipeline();
  // The process goes by its own machine's clock, and is right.
  pipeline.now = Math.floor(Date.now() / 1000) * 1000 - 60_000;
  await pipeline.protect();
  folder = await mkdtemp(join(tmpdir(), 'holdfast-ends-'));
  aws = await fakeAws({
    date: () => Date.now(),
    outputs: OUTPUTS,
    store: pipeline.store,
    hold: (request) => hold(request),
  });
});

afterEach(async () => {
  aws.close();
  await rm(folder, { recursive: true });
});

function start(...args: string[]) {
  return startCli(args, env());
}

function env() {
  return {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}

/** Resolves with the first request that is like this, and never lets it be answered. */
function firstRequest(like: RegExp): Promise<void> {
  return new Promise((resolve) => {
    hold = async (request) => {
      if (!like.test(request)) return;
      resolve();
      await new Promise(() => {});
    };
  });
}

describe('a signal', () => {
  it.each(SIGNALS)(
    '%s ends a restore into a folder as Ctrl+C does: nothing half-written is left',
    async (signal) => {
      await pipeline.capture({ a: '1', b: '2' });
      const asked = firstRequest(/^GET \/vault\/s3.*\/b/);
      const child = start('restore', URI, '--to', join(folder, 'to'), '--transfers', '1');
      const end = ended(child);
      await asked;
      child.kill(signal);

      const { code, signal: died, stderr } = await end;
      expect({ code, died }).toEqual({ code: 130, died: null });
      expect(stderr).toMatch(
        /holdfast: interrupted: what is finished stays, go on with: holdfast restore .* --at '?2/,
      );
      expect(await readdir(join(folder, 'to'))).toEqual(['a']);
    },
  );

  it.each(SIGNALS)('%s in the middle of deleting says that it was, and how to go on', async (signal) => {
    await pipeline.capture({ a: '1' });
    const to = join(folder, 'to');
    await mkdir(to);
    const extras = Array.from({ length: 6_000 }, (_, index) => `extra-${index}`);
    for (const name of extras) writeFileSync(join(to, name), '');
    const child = start('restore', URI, '--to', to, '--exact', '--yes');
    const end = ended(child);
    for (
      let found = await readdir(to);
      !found.includes('a') || found.length > extras.length;
      found = await readdir(to)
    ) {
      if (child.exitCode !== null) break;
    }
    child.kill(signal);

    const { code, stderr } = await end;
    const left = (await readdir(to)).length - 1;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(extras.length);
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted: what is finished stays, go on with: holdfast restore');
    expect(stderr).not.toContain('nothing was deleted');
  });

  it.each(SIGNALS)('%s leaves nothing of an archive', async (signal) => {
    await pipeline.capture({ a: '1', b: '2' });
    const asked = firstRequest(/^GET \/vault\/s3.*\/b/);
    const child = start('restore', URI, '--to', join(folder, 'to.tar'));
    const end = ended(child);
    await asked;
    child.kill(signal);

    expect(await end).toMatchObject({ code: 130, signal: null });
    expect(await readdir(folder)).toEqual([]);
  });

  it('that comes twice is one: npx and timeout pass on what has come already', async () => {
    await pipeline.capture({ a: '1', b: '2' });
    const asked = firstRequest(/^GET \/vault\/s3.*\/b/);
    const child = start('restore', URI, '--to', join(folder, 'to'), '--transfers', '1');
    const end = ended(child);
    await asked;
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM', 'SIGTERM', 'SIGHUP'] as const) child.kill(signal);

    expect((await end).stderr).toContain('go on with: holdfast restore');
    expect(await readdir(join(folder, 'to'))).toEqual(['a']);
  });
});

describe('a reader that stops', () => {
  const READING: ReadonlyArray<readonly [string, string[]]> = [
    ['--help', ['--help']],
    ['ls', ['ls', URI]],
    ['ls --json', ['ls', URI, '--json']],
    ['find', ['find', URI, '**']],
    ['cat', ['cat', `${URI}/long`]],
    ['diff', ['diff', URI, '2h ago']],
    ['versions', ['versions', `${URI}/long`]],
    ['history', ['history', URI]],
  ];

  it.each(READING)('ends %s quietly, with 0', async (_, args) => {
    await given();
    const child = start(...args);
    child.stdout?.once('data', () => child.stdout?.destroy());

    expect(await ended(child)).toMatchObject(QUIET);
  });

  it('ends them as quietly when it never reads', async () => {
    await given();
    for (const [, args] of READING) {
      const child = start(...args);
      child.stdout?.destroy();

      expect(await ended(child)).toMatchObject(QUIET);
    }
  }, 60_000);

  it('ends a restore to standard output quietly, with 1: the archive is not whole', async () => {
    await given();
    const child = start('restore', URI, '--to', '-');
    child.stdout?.once('data', () => child.stdout?.destroy());

    expect(await ended(child)).toMatchObject({ code: 1, signal: null, stderr: '' });
  });

  it.each([[], ['--json']])(
    'keeps no restore from its work, nor from telling how it went %s',
    async (...json) => {
      await pipeline.capture({ a: '1', b: '2' });
      await mkdir(join(folder, 'to'));
      await writeFile(join(folder, 'to', 'b'), 'differs');
      const child = start('restore', URI, '--to', join(folder, 'to'), ...json);
      child.stdout?.destroy();

      // A conflict.
      expect(await ended(child)).toMatchObject({ code: 3, stderr: '' });
      expect(await readdir(join(folder, 'to'))).toEqual(['a', 'b']);
      // It is among the jobs.
      expect(aws.requests.filter((request) => /Put|Transact/.test(request))).not.toEqual([]);
    },
  );

  it('lets verify tell by its exit code what it found', async () => {
    await pipeline.capture({ a: '1' });
    const version = (await pipeline.entry('a')).vaultVersionId;
    pipeline.s3.rot('vault', `s3/${SOURCE}/a`, '2', version);
    const child = start('verify', URI, '--all');
    child.stdout?.destroy();

    expect(await ended(child)).toMatchObject({ code: 3, stderr: '' });
  });

  it('is another thing than a disk that is full', async () => {
    await given();
    const child = startCli(['ls', URI], env(), openSync('/dev/full', 'w'));

    const { code, stderr } = await ended(child);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^holdfast: standard output cannot be written: ENOSPC[^\n]*\n$/);
  });

  /** Answers that are longer than what a pipe holds. */
  async function given(): Promise<void> {
    await pipeline.capture({
      ...Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`key-${index}`, 'x'])),
      long: LONG,
    });
  }
});
