import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type CloudEnv, toolEnv } from './cloud-env.ts';
import { isDiskFull } from './disk.ts';
import { CloudError } from './errors.ts';
import { writeJson } from './json-file.ts';
import { ARTIFACTS_BUCKET, STACK } from './parameters.ts';
import type { Run } from './run.ts';
import type { Settings } from './settings.ts';

const CONFIG = ['--config-env', 'local'];
const BUILD_DIR = '.aws-sam/build';

/** What the template needs whoever deploys it to agree to. */
export const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];

export type Sam = {
  readonly command: string;
  readonly run: Run;
  readonly settings: Settings;
  readonly cloud: CloudEnv;
};

/** Whether the build that is there was made from these very sources. */
export async function isBuilt(root: string, hash: string): Promise<boolean> {
  return (await readFile(stampFile(root), 'utf8').catch(() => '')) === hash;
}

export async function samBuild(sam: Sam, hash: string): Promise<void> {
  await runSam(sam, ['build', ...CONFIG, '--template-file', 'template.yaml', '--build-dir', BUILD_DIR]);
  await writeFile(stampFile(sam.settings.root), hash);
}

/** Inside the build, so that a build by hand, which starts by emptying the directory, takes it away. */
function stampFile(root: string): string {
  return join(root, BUILD_DIR, '.holdfast-hash');
}

/** Deploys what was built, and removes a stack whose first creation failed: it could never be updated. */
export async function samDeploy(sam: Sam): Promise<void> {
  const overrides = Object.entries(sam.settings.parameters).map(([name, value]) => `${name}=${value}`);
  await runSam(sam, [
    'deploy',
    ...CONFIG,
    ...['--template-file', `${BUILD_DIR}/template.yaml`],
    ...['--stack-name', STACK],
    ...['--s3-bucket', ARTIFACTS_BUCKET],
    ...['--region', sam.cloud['AWS_REGION'] ?? ''],
    ...['--capabilities', ...CAPABILITIES],
    ...['--on-failure', 'DELETE'],
    '--no-confirm-changeset',
    '--no-fail-on-empty-changeset',
    '--no-progressbar',
    ...(overrides.length > 0 ? ['--parameter-overrides', ...overrides] : []),
  ]);
}

async function runSam({ command, run, settings, cloud }: Sam, args: readonly string[]): Promise<void> {
  const env = await samEnv(settings, cloud);
  const { code, output } = await run(command, args, { cwd: settings.root, env });
  if (code === 0) return;
  const why = isDiskFull(output) ? ': the disk is full' : '';
  throw new CloudError(`sam ${args[0]} failed${why}.`, { detail: output.trimEnd() });
}

async function samEnv({ root, sharedDir, env }: Settings, cloud: CloudEnv): Promise<NodeJS.ProcessEnv> {
  const home = join(sharedDir, 'sam');
  // sam asks the package index for newer versions every week; a last time far ahead keeps it on this machine.
  // It takes a number with a fraction only.
  await writeJson(join(home, 'metadata.json'), { lastVersionCheck: 4_102_444_800.5 });
  return {
    ...toolEnv(env, cloud),
    // esbuild is looked for on the path.
    PATH: [join(root, 'node_modules/.bin'), env['PATH'] ?? ''].join(delimiter),
    SAM_CLI_TELEMETRY: '0',
    SAM_CLI_POLL_DELAY: '0.2',
    __SAM_CLI_APP_DIR: home,
  };
}
