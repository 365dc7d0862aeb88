import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export type MinistackEnvOptions = {
  readonly root: string;
  readonly stateDir: string;
  readonly port: number;
  readonly auth: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** More for the emulator's environment, and so for the functions'. */
  readonly functionEnv?: Readonly<Record<string, string>> | undefined;
  /** Whether it writes down what it holds, so that it can be started again with it. */
  readonly persist?: boolean;
};

const dataDirs = (stateDir: string) => ({ s3: join(stateDir, 's3'), tmp: join(stateDir, 'tmp') });

/** What the emulator keeps on disk is worth nothing without its process. */
export async function removeDataDirs(stateDir: string): Promise<void> {
  for (const directory of Object.values(dataDirs(stateDir)))
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
}

/** Makes the directories that the emulator works in. */
export async function emptyDataDirs(stateDir: string): Promise<void> {
  await removeDataDirs(stateDir);
  for (const directory of Object.values(dataDirs(stateDir))) await mkdir(directory, { recursive: true });
  // MiniStack unpacks functions and its own CommonJS worker below: without this they would be read with the
  // "type": "module" of the checkout's package.json, and die without a word.
  await writeFile(join(stateDir, 'package.json'), '{}\n');
}

/** Where the functions of a local cloud look for WorkDocs: one port above the cloud's own. */
export function workdocsEndpoint(cloudPort: number): string {
  return `http://127.0.0.1:${cloudPort + 1}`;
}

/**
 * MiniStack hands its whole environment to the functions: it gets a short one of its own, as they would have in
 * Lambda, and nothing of the developer's shell.
 */
export function ministackEnv({
  root,
  stateDir,
  port,
  auth,
  env,
  functionEnv,
  persist = false,
}: MinistackEnvOptions): NodeJS.ProcessEnv {
  const { s3, tmp } = dataDirs(stateDir);
  return {
    HOME: stateDir,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    // Node functions run with the first `node` on the path: the repository's, not the machine's.
    PATH: [join(root, 'node_modules/.bin'), env['PATH'] ?? ''].join(delimiter),
    TMPDIR: tmp,
    S3_DATA_DIR: s3,
    STATE_DIR: tmp,
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    // No emulator has WorkDocs: tests and the demo have a server of their own there.
    AWS_ENDPOINT_URL_WORKDOCS: workdocsEndpoint(port),
    AUTH: String(auth),
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    PYTHONUNBUFFERED: '1',
    // Objects as they come, all else when it is told to end.
    ...(persist ? { S3_PERSIST: '1', PERSIST_STATE: '1' } : {}),
    ...functionEnv,
  };
}
