import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CheckResult } from '../../scripts/smoke/checks.ts';
import { dynamo, s3 } from './support/cloud.ts';

const SMOKE = resolve(import.meta.dirname, '../../scripts/smoke.ts');

/** What an emulator cannot show, and nothing else. */
const SKIPPED = ['an object of a key of KMS', 'plain http is refused'];

type Run = { readonly code: number; readonly said: string; readonly results: readonly CheckResult[] };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smoke-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** @param interruptAt ends it by a signal once it has said this */
function smoke(args: readonly string[], interruptAt?: string): Promise<Run> {
  const report = join(folder, `${args.join('')}-${interruptAt ?? ''}.json`);
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [SMOKE, '--yes', '--report', report, ...args], {
      // It is a bucket's owner as well, who need not say whose that is.
      env: { ...process.env, AWS_ENDPOINT_URL: inject('directEndpoint') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let interrupted = false;
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (interruptAt === undefined || interrupted || !said.includes(interruptAt)) return;
      interrupted = true;
      child.kill('SIGTERM');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', fail);
    child.once('close', (code) => {
      readFile(report, 'utf8').then(
        (text) =>
          done({ code: code ?? 1, said, results: (JSON.parse(text) as { results: CheckResult[] }).results }),
        () => fail(new Error(`no report; it said ${said}`)),
      );
    });
  });
}

const of = (run: Run, state: CheckResult['state']) => run.results.filter((one) => one.state === state);

/** Names of what smoke tests made that is still there. */
async function leftBehind(): Promise<string[]> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
  const { Roles = [] } = await new IAMClient({}).send(new ListRolesCommand({}));
  const stacks: string[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: new CloudFormationClient({}) }, {}))
    for (const { StackName = '', StackStatus } of Stacks)
      if (StackStatus !== 'DELETE_COMPLETE') stacks.push(StackName);
  const names = [
    ...stacks,
    ...Buckets.map(({ Name = '' }) => Name),
    ...TableNames,
    ...Roles.map(({ RoleName = '' }) => RoleName),
  ];
  return names.filter((name) => name.startsWith('holdfast-smoke-'));
}

describe('npm run smoke', () => {
  it('passes, says each assertion, skips only what an emulator cannot show, and leaves nothing', async () => {
    const run = await smoke([]);
    expect(of(run, 'failed'), run.said).toEqual([]);
    expect(run.code, run.said).toBe(0);
    expect(of(run, 'skipped').map(({ name }) => name)).toEqual(SKIPPED);
    for (const { name } of run.results) expect(run.said).toContain(name);
    expect(run.said).toContain(`${of(run, 'passed').length} passed, 0 failed, ${SKIPPED.length} skipped`);
    expect(await leftBehind()).toEqual([]);
  });

  it('fails and names what is wrong: an open policy, a damaged copy, a lost event', async () => {
    const run = await smoke(['--plant', 'policy', '--plant', 'object', '--plant', 'event']);
    expect(run.code, run.said).toBe(1);
    const failures = of(run, 'failed').map(({ name, detail }) => `${name}: ${detail}`);
    expect(failures).toContain('a sender that RestoreSenders does not name is refused: it was let in');
    expect(failures).toContain(
      'what did not change is in the vault as it was: "plain.txt" has other bytes in the vault',
    );
    expect(failures).toContainEqual(
      expect.stringMatching(
        /^every change is in the vault by its event: .*"written while the rule was off\.txt"/,
      ),
    );
    expect(await leftBehind()).toEqual([]);
  });

  it('takes away what it made when it is interrupted', async () => {
    const run = await smoke([], '\nProtect');
    expect(run.code, run.said).toBe(130);
    expect(run.said).toContain('interrupted: cleaning up');
    expect(await leftBehind()).toEqual([]);
  });
});
