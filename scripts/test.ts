import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkoutVenv, ROOT } from './lib/checkout-venv.ts';

/** As many as some minutes allow: each also compares the vault in the end. `npm run simulate` plays more. */
const HISTORIES = '4000';

const BIN = join(ROOT, 'node_modules/.bin');

type Step = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly report?: string;
};

/**
 * Everything, in the order in which it fails fastest: format and lint, types, imports, unused code, the templates, unit, contract
 * and infrastructure tests, four thousand simulated histories, the whole way on a local cloud of its own, and on another
 * one while it fails.
 */
async function main(): Promise<number> {
  const reports = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  try {
    const venv = await checkoutVenv();
    const python = resolve(venv.sam, '..');
    const steps: Step[] = [
      { name: 'format and lint', command: join(BIN, 'biome'), args: ['ci', '.'] },
      { name: 'types', command: join(BIN, 'tsc'), args: ['--noEmit'] },
      {
        name: 'imports',
        command: join(BIN, 'depcruise'),
        args: ['layers', 'cli', 'functions', 'scripts', 'bench', 'tests'],
      },
      { name: 'unused code', command: join(BIN, 'knip'), args: [] },
      {
        name: 'templates',
        command: join(python, 'cfn-lint'),
        args: [
          'template.yaml',
          'stacks/jobs/template.yaml',
          'stacks/s3/template.yaml',
          'stacks/workdocs/template.yaml',
          'templates/source.yaml',
          'templates/workdocs.yaml',
          'templates/workdocs-import.yaml',
        ],
      },
      { name: 'sam validate', command: venv.sam, args: ['validate', '--lint', '--region', 'us-east-1'] },
      vitest('unit', join(reports, 'unit.json')),
      {
        name: 'simulation',
        command: process.execPath,
        args: [join(ROOT, 'scripts/simulate.ts'), '--histories', HISTORIES],
      },
      vitest('e2e', join(reports, 'e2e.json')),
      vitest('faults', join(reports, 'faults.json')),
    ];
    return await runAll(steps);
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
}

function vitest(project: string, report: string): Step {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return {
    name: `${project} tests`,
    command: join(BIN, 'vitest'),
    args: ['run', '--project', project, ...reporters],
    report,
  };
}

async function runAll(steps: readonly Step[]): Promise<number> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let failedStep: string | undefined;
  for (const step of steps) {
    process.stdout.write(`\n== ${step.name}\n`);
    const code = await execute(step);
    if (step.report !== undefined) await addCounts(step.report, counts);
    if (code === 0) continue;
    failedStep = step.name;
    break;
  }
  if (failedStep !== undefined)
    process.stdout.write(`\n"${failedStep}" failed; what comes after it was not run\n`);
  process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  return failedStep === undefined ? 0 : 1;
}

function execute({ command, args }: Step): Promise<number> {
  return new Promise((done, fail) => {
    const env = { ...process.env, SAM_CLI_TELEMETRY: '0', PATH: `${BIN}:${process.env['PATH']}` };
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', fail);
    child.once('close', (code) => done(code ?? 1));
  });
}

async function addCounts(
  report: string,
  counts: { passed: number; failed: number; skipped: number },
): Promise<void> {
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const {
    numPassedTests = 0,
    numFailedTests = 0,
    numPendingTests = 0,
  } = JSON.parse(text) as Record<string, number>;
  counts.passed += numPassedTests;
  counts.failed += numFailedTests;
  counts.skipped += numPendingTests;
}

process.exitCode = await main();
