import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { ROOT } from './lib/checkout-venv.ts';
import { ensureCloud } from './lib/cloud.ts';
import { type Account, findAccount, quotaWords } from './smoke/account.ts';
import { Checks, count } from './smoke/checks.ts';
import { estimateDollars } from './smoke/estimate.ts';
import { readOptions, type SmokeOptions, USAGE, UsageError } from './smoke/options.ts';
import { writeReport } from './smoke/report.ts';
import { runSmoke } from './smoke/run-smoke.ts';
import { makeClients, type SmokeWorld } from './smoke/world.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    say(USAGE);
    return 0;
  }
  if (options.local) Object.assign(process.env, (await ensureCloud()).env);
  const account = await findAccount(process.env);
  const world = await makeWorld(account, options);
  introduce(world, options);
  say(await quotaWords());
  if (!options.yes && !(await agreed())) return 1;
  return perform(world, options);
}

async function makeWorld(account: Account, options: SmokeOptions): Promise<SmokeWorld> {
  const stack = `holdfast-smoke-${randomBytes(4).toString('hex')}`;
  return {
    account,
    stack,
    buckets: {
      source: `${stack}-source`,
      // Restores may always write to buckets of this name.
      target: `${stack}-restore-target`,
      scratch: `${stack}-scratch`,
      artifacts: `${stack}-artifacts`,
    },
    strangerRole: `${stack}-stranger`,
    folder: await mkdtemp(join(tmpdir(), 'holdfast-smoke-')),
    parameters: options.parameters,
    plants: options.plants,
    env: process.env,
    clients: makeClients(),
    outputs: {},
    before: new Map(),
    now: new Map(),
    moment: '',
  };
}

function introduce({ account, stack, plants }: SmokeWorld, { keep }: SmokeOptions): void {
  const { id, region, callerArn, emulator } = account;
  say(`Account ${id}, region ${region}, as ${callerArn}${emulator ? ', on an emulator' : ''}`);
  say(`Deploys a stack ${stack} with buckets and a role of that name, uses it for some ten minutes, and`);
  say(keep ? 'keeps all of it.' : 'takes all of it away again.');
  say(
    `It costs at most about $${estimateDollars().toFixed(2)} (list prices of us-east-1, an hour of alarms).`,
  );
  if (plants.size > 0) say(`Spoils on purpose: ${[...plants].join(', ')}. So it has to fail.`);
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('nobody can be asked here: say --yes');
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await lines.question('Go on? [y/N] ');
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function perform(world: SmokeWorld, options: SmokeOptions): Promise<number> {
  const startedAt = new Date().toISOString();
  const interruption = watchSignals();
  const checks = new Checks(say, () => interruption.asked);
  const kept = await runSmoke(world, checks, { keep: options.keep, resume: () => interruption.forget() });
  const file = resolve(options.report ?? join(ROOT, '.holdfast/smoke', `${world.stack}.json`));
  await writeReport(file, world, checks.results, { startedAt, kept });
  const { passed, failed, skipped } = count(checks.results);
  if (kept.length > 0)
    say(`\nKept; delete it when you are done:\n${kept.map((line) => `  ${line}`).join('\n')}`);
  say(`\nReport: ${file}`);
  say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (interruption.happened) return 130;
  return failed === 0 ? 0 : 1;
}

/** The first signal ends the phases and begins the cleaning; another one ends at once. */
function watchSignals() {
  const state = {
    asked: false,
    happened: false,
    forget() {
      state.asked = false;
    },
  };
  const onSignal = () => {
    if (state.happened) {
      process.stderr.write('interrupted again: what was made stays\n');
      process.exit(130);
    }
    state.asked = true;
    state.happened = true;
    process.stderr.write('\ninterrupted: cleaning up; once more to leave everything as it is\n');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return state;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`smoke: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
