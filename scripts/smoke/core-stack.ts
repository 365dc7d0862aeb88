import { delimiter, join } from 'node:path';
import { checkoutVenv, ROOT } from '../lib/checkout-venv.ts';
import { lastLines } from '../lib/errors.ts';
import { run } from '../lib/run.ts';
import { CAPABILITIES } from '../lib/sam.ts';
import { principalPatterns } from './account.ts';
import { Unmet } from './checks.ts';
import { describeStack, type SmokeWorld } from './world.ts';

const BUILD_DIR = '.aws-sam/smoke';

/** Small thresholds, so that small objects go the ways of large ones. What the caller names wins. */
function parametersOf({ account, parameters }: SmokeWorld): Record<string, string> {
  return {
    MultipartThresholdMiB: '5',
    PartMiB: '5',
    RetentionDays: '1',
    LockDays: '1',
    KeysPerStep: '1000',
    LogRetentionDays: '1',
    // A new account may run ten functions at the same time, and this needs no more.
    FunctionConcurrency: 'SMALL',
    RestoreSenders: principalPatterns(account).join(','),
    // An emulator speaks plain http only.
    RequireTls: account.emulator ? 'false' : 'true',
    ...parameters,
  };
}

/** Builds the functions from this checkout. @throws {Unmet} with the end of what sam says */
export async function buildCore(world: SmokeWorld): Promise<void> {
  await sam(world, ['build', '--template-file', 'template.yaml', '--build-dir', BUILD_DIR]);
}

/** Deploys the core stack, as `npm run deploy` does, and reads its outputs. @throws {Unmet} with the end of what sam says */
export async function deployCore(world: SmokeWorld): Promise<string> {
  const { stack, buckets, account, clients } = world;
  const overrides = Object.entries(parametersOf(world)).map(([name, value]) => `${name}=${value}`);
  await sam(world, [
    'deploy',
    ...['--template-file', `${BUILD_DIR}/template.yaml`, '--stack-name', stack],
    ...['--s3-bucket', buckets.artifacts, '--region', account.region],
    ...['--capabilities', ...CAPABILITIES, '--on-failure', 'DELETE'],
    ...['--no-confirm-changeset', '--no-progressbar'],
    ...['--parameter-overrides', ...overrides],
  ]);
  const deployed = await describeStack(stack, clients);
  if (deployed?.status !== 'CREATE_COMPLETE')
    throw new Unmet(`sam deploy ended well, but the stack is ${deployed?.status ?? 'not there'}`);
  world.outputs = deployed.outputs;
  return `${Object.keys(deployed.outputs).length} outputs`;
}

async function sam({ env }: SmokeWorld, args: readonly string[]): Promise<void> {
  const venv = await checkoutVenv();
  const path = [join(ROOT, 'node_modules/.bin'), env['PATH'] ?? ''].join(delimiter);
  const { code, output } = await run(venv.sam, args, {
    cwd: ROOT,
    env: { ...env, SAM_CLI_TELEMETRY: '0', PATH: path },
  });
  if (code !== 0) throw new Unmet(`sam ${args[0]} failed: ${lastLines(output)}`);
}
