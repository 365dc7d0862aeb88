import { externalCloudEnv, localCloudEnv } from './cloud-env.ts';
import { answersHttp } from './health.ts';
import { logFile } from './instance.ts';
import { runningInstance } from './ministack.ts';
import { STACK } from './parameters.ts';
import { type CloudOptions, cloudSettings, type Settings } from './settings.ts';
import { describeStack } from './stack.ts';
import { resolveTarget } from './target.ts';

/** What there is, as `status --json` prints it. */
export type CloudStatus = {
  readonly running: boolean;
  /** Whether these scripts started it; if not, AWS_ENDPOINT_URL names it. */
  readonly own: boolean;
  readonly endpoint?: string;
  readonly pid?: number;
  readonly port?: number;
  /** Whether it enforces IAM. */
  readonly auth?: boolean;
  readonly started?: string;
  readonly log?: string;
  readonly stack?: { readonly name: string; readonly status: string };
  readonly outputs?: Readonly<Record<string, string>>;
};

/** Looks and changes nothing. */
export async function cloudStatus(options?: CloudOptions): Promise<CloudStatus> {
  const settings = cloudSettings(options);
  const target = await resolveTarget(settings);
  return target.kind === 'own' ? ownStatus(settings) : externalStatus(settings, target.endpoint);
}

async function ownStatus({ stateDir }: Settings): Promise<CloudStatus> {
  const instance = await runningInstance(stateDir);
  if (!instance) return { running: false, own: true };
  const { endpoint, pid, port, auth, started } = instance;
  const stack = await stackStatus(localCloudEnv(endpoint));
  return { running: true, own: true, endpoint, pid, port, auth, started, log: logFile(stateDir), ...stack };
}

async function externalStatus({ env }: Settings, endpoint: string): Promise<CloudStatus> {
  if (!(await answersHttp(endpoint))) return { running: false, own: false, endpoint };
  return { running: true, own: false, endpoint, ...(await stackStatus(externalCloudEnv(endpoint, env))) };
}

async function stackStatus(
  cloud: Readonly<Record<string, string>>,
): Promise<Pick<CloudStatus, 'stack' | 'outputs'>> {
  const stack = await describeStack(cloud);
  return { stack: { name: STACK, status: stack?.status ?? 'not deployed' }, outputs: stack?.outputs ?? {} };
}
