import { devNull } from 'node:os';
import { REGION } from './parameters.ts';

/** What a program needs in its environment to talk to the cloud. */
export type CloudEnv = Readonly<Record<string, string>>;

const FROM_USER = [
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
];

/** The environment of an emulator that we started: its root caller is `test`, in account 000000000000. */
export function localCloudEnv(endpoint: string): CloudEnv {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}

/** That of an endpoint the user brought: with the user's keys and region where there are any. */
export function externalCloudEnv(endpoint: string, env: NodeJS.ProcessEnv): CloudEnv {
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? REGION;
  const own = FROM_USER.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return {
    ...localCloudEnv(endpoint),
    ...Object.fromEntries(own),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}

/**
 * A whole environment for a tool such as sam: the user's, without any AWS setting that could lead it to a real
 * account (a profile, a service's own endpoint, a configuration file) and with those of the cloud.
 */
export function toolEnv(env: NodeJS.ProcessEnv, cloud: CloudEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(AWS_|SAM_CLI_)/i.test(name));
  const direct = [env['NO_PROXY'] ?? env['no_proxy'], '127.0.0.1', 'localhost'].filter(Boolean).join(',');
  return {
    ...Object.fromEntries(kept),
    NO_PROXY: direct,
    no_proxy: direct,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...cloud,
  };
}

/** Lines for `eval`; what would overrule them in the caller's shell is unset first. */
export function exportLines(cloud: CloudEnv, env: NodeJS.ProcessEnv): string[] {
  const inTheWay = ['AWS_PROFILE', 'AWS_SESSION_TOKEN'].filter((name) => env[name] && !(name in cloud));
  return [
    ...inTheWay.map((name) => `unset ${name}`),
    ...Object.entries(cloud).map(([name, value]) => `export ${name}=${quote(value)}`),
  ];
}

function quote(value: string): string {
  return /^[\w.:/@%+=-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
