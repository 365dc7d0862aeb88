import type { Cloud, StopResult } from './cloud.ts';
import { exportLines } from './cloud-env.ts';
import type { CloudStatus } from './cloud-status.ts';

/** What `up` and `reset` print: lines for `eval`, or one JSON object. */
export function cloudText({ endpoint, env }: Cloud, callerEnv: NodeJS.ProcessEnv, json: boolean): string {
  if (json) return JSON.stringify({ endpoint, env });
  const use = `# The local cloud: ${endpoint}. To use it: eval "$(npm run --silent cloud:up)"`;
  return [use, ...exportLines(env, callerEnv)].join('\n');
}

/** What `status` prints. */
export function statusText(status: CloudStatus, json: boolean): string {
  if (json) return JSON.stringify(status);
  const { running, own, endpoint, pid, port, auth, log, stack, outputs } = status;
  if (!running) return own ? 'not running' : `not running: nothing answers at AWS_ENDPOINT_URL (${endpoint})`;
  const whose = own ? `pid ${pid}, port ${port}, IAM ${auth ? 'enforced' : 'off'}` : 'AWS_ENDPOINT_URL';
  return [
    `running  ${endpoint} (${whose})`,
    ...(log ? [`log      ${log}`] : []),
    `stack    ${stack?.name}: ${stack?.status}`,
    ...Object.entries(outputs ?? {}).map(([name, value]) => `         ${name} = ${value}`),
  ].join('\n');
}

/** What `down` prints. */
export function stoppedText(result: StopResult, callerEnv: NodeJS.ProcessEnv): string {
  if (result !== 'external') return result;
  return `left running: AWS_ENDPOINT_URL (${callerEnv['AWS_ENDPOINT_URL']}) is not a cloud that this script started`;
}
