import { dirname, join, resolve } from 'node:path';
import { CloudUsageError } from './errors.ts';
import { LOCAL_PARAMETERS } from './parameters.ts';
import { type Report, toStderr } from './progress.ts';

const DEFAULT_PORT = 4566;

/** The checkout that these scripts are in. */
const ROOT = resolve(dirname(import.meta.filename), '../..');

export type CloudOptions = {
  /** The checkout to deploy; this one unless told. */
  readonly root?: string;
  /** Where an instance of its own keeps its state: it has its own port and never touches the developer's cloud. */
  readonly stateDir?: string;
  /** The port to start on; an instance of its own takes a free one unless told. */
  readonly port?: number;
  /** Whether IAM is enforced; on unless told. */
  readonly auth?: boolean;
  /** Template parameters beside or instead of the usual ones. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
  /** More for the functions' environment. */
  readonly functionEnv?: Readonly<Record<string, string>>;
  /** Whether it writes down what it holds, so that `restartCloud` can start it again with it; slower. */
  readonly persist?: boolean;
  readonly report?: Report;
};

export type Settings = {
  readonly root: string;
  /** What all instances of a checkout share: the virtual environment and the lock. */
  readonly sharedDir: string;
  readonly stateDir: string;
  /** Undefined: any free one. */
  readonly port: number | undefined;
  readonly auth: boolean;
  readonly parameters: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
  readonly functionEnv: Readonly<Record<string, string>> | undefined;
  readonly persist: boolean;
  readonly report: Report;
};

/** Options and environment, checked and completed once. */
export function cloudSettings(options: CloudOptions = {}): Settings {
  const env = options.env ?? process.env;
  const root = options.root ?? ROOT;
  const sharedDir = join(root, '.holdfast');
  const stateDir = options.stateDir ?? sharedDir;
  return {
    root,
    sharedDir,
    stateDir,
    port: options.port ?? (stateDir === sharedDir ? portFrom(env) : undefined),
    auth: options.auth ?? authFrom(env),
    parameters: { ...LOCAL_PARAMETERS, ...options.parameters },
    env,
    functionEnv: options.functionEnv,
    persist: options.persist ?? false,
    report: options.report ?? toStderr,
  };
}

/** The port of the developer's cloud. */
export function portFrom(env: NodeJS.ProcessEnv): number {
  const text = env['HOLDFAST_CLOUD_PORT']?.trim();
  if (!text) return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new CloudUsageError(`HOLDFAST_CLOUD_PORT is '${text}': it has to be a port number.`);
}

function authFrom(env: NodeJS.ProcessEnv): boolean {
  const text = env['HOLDFAST_CLOUD_AUTH']?.trim().toLowerCase();
  if (!text || ['on', 'true', '1'].includes(text)) return true;
  if (['off', 'false', '0'].includes(text)) return false;
  throw new CloudUsageError(`HOLDFAST_CLOUD_AUTH is '${text}': it has to be 'on' or 'off'.`);
}
