import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CloudEnv } from './cloud-env.ts';
import { CloudError } from './errors.ts';
import { readJson, writeJson } from './json-file.ts';
import { step } from './progress.ts';
import { run } from './run.ts';
import { isBuilt, type Sam, samBuild, samDeploy } from './sam.ts';
import type { Settings } from './settings.ts';
import { sourceHash } from './source-hash.ts';
import { describeStack, ensureArtifactsBucket, isWhole, type Stack } from './stack.ts';

/** Builds and deploys the template, unless the cloud already holds the stack that these sources make. */
export async function ensureDeployed(
  settings: Settings,
  cloud: CloudEnv,
  samCommand: string,
): Promise<Stack> {
  const { report, stateDir, root, parameters } = settings;
  const sources = await sourceHash(root);
  const hash = createHash('sha256').update(sources).update(JSON.stringify(parameters)).digest('hex');
  const file = join(stateDir, 'deployed.json');
  const wanted = { endpoint: cloud['AWS_ENDPOINT_URL'] ?? '', hash };
  const present = await describeStack(cloud);
  if (isWhole(present) && isSame(await readJson(file), wanted)) return present;
  const sam: Sam = { command: samCommand, run, settings, cloud };
  if (!(await isBuilt(root, sources)))
    await step(report, 'building the functions', () => samBuild(sam, sources));
  await step(report, 'deploying the stack', () => deploy(sam));
  await writeJson(file, wanted);
  return deployed(cloud);
}

async function deploy(sam: Sam): Promise<void> {
  await ensureArtifactsBucket(sam.cloud);
  await samDeploy(sam);
}

async function deployed(cloud: CloudEnv): Promise<Stack> {
  const stack = await describeStack(cloud);
  const status = stack?.status ?? 'not there';
  if (isWhole(stack)) return stack;
  throw new CloudError(`sam deploy ended well, but the stack is ${status}.`);
}

function isSame(
  recorded: Record<string, unknown> | undefined,
  wanted: { endpoint: string; hash: string },
): boolean {
  return recorded?.['endpoint'] === wanted.endpoint && recorded['hash'] === wanted.hash;
}
