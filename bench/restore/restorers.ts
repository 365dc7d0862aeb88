import { join } from 'node:path';
import { WorkerWatch } from '../measure/worker-watch.ts';
import { awsEnv, CONCURRENT_REQUESTS } from '../peers/aws-cli.ts';
import type { Named, Use } from '../peers/contestant.ts';
import { CLI, jobSeconds } from '../peers/holdfast.ts';
import { RCLONE_WAYS, rcloneEnv } from '../peers/rclone.ts';
import type { Backup, Setting } from './setting.ts';

/** One way to bring everything back from the vault. */
export type Restorer = Named & {
  /** @param target a bucket's name, or a folder */
  readonly restore: (from: Backup, target: string) => Promise<Use>;
};

/** How each tool writes a target down. */
type Spelling = Readonly<Record<'holdfast' | 'rclone' | 'aws', (target: string) => string>>;

const TARGETS = {
  bucket: {
    holdfast: (name) => `s3://${name}`,
    rclone: (name) => `bench:${name}`,
    aws: (name) => `s3://${name}`,
  },
  folder: { holdfast: (path) => path, rclone: (path) => path, aws: (path) => path },
} satisfies Readonly<Record<string, Spelling>>;

/** Holdfast, and those of its peers that the machine has: they are shown the vault's copies themselves. */
export async function restorersTo(kind: keyof typeof TARGETS, setting: Setting): Promise<Restorer[]> {
  const spelling = TARGETS[kind];
  const { rclone, aws } = setting.tools;
  const functions = kind === 'bucket' ? ['--wait'] : [];
  return [
    holdfast([...functions, '--yes'], spelling, setting),
    ...(rclone.found ? RCLONE_WAYS.map((flags) => rcloneCopy(rclone.path, flags, spelling, setting)) : []),
    ...(aws.found ? [await awsSync(aws.path, spelling, setting)] : []),
  ];
}

function holdfast(flags: readonly string[], spelling: Spelling, setting: Setting): Restorer {
  return {
    name: ['holdfast restore', ...flags].join(' '),
    isPeer: false,
    restore: ({ source }, target) =>
      holdfastRestore([`s3://${source}`, '--to', spelling.holdfast(target), ...flags], setting),
  };
}

/** Runs `holdfast restore`, its functions watched. */
export async function holdfastRestore(
  args: readonly string[],
  { bench: { proxy, countedEnv }, measure }: Setting,
): Promise<Use> {
  const watch = await WorkerWatch.begin(proxy.endpoint);
  const command = await measure([process.execPath, CLI, 'restore', ...args, '--json'], countedEnv);
  const job = args.includes('--wait') ? { jobSeconds: jobSeconds(command.output) } : {};
  return { command, workers: await watch.end(), ...job };
}

function rcloneCopy(
  path: string,
  flags: readonly string[],
  spelling: Spelling,
  { bench: { proxy, countedEnv }, measure }: Setting,
): Restorer {
  const env = rcloneEnv(countedEnv, proxy.endpoint);
  return {
    name: ['rclone copy', ...flags].join(' '),
    isPeer: true,
    restore: async ({ copies: { bucket, prefix } }, target) => ({
      command: await measure(
        [path, 'copy', ...flags, `bench:${bucket}/${prefix}`, spelling.rclone(target)],
        env,
      ),
      workers: [],
    }),
  };
}

async function awsSync(
  path: string,
  spelling: Spelling,
  { bench: { proxy, countedEnv }, folder, measure }: Setting,
): Promise<Restorer> {
  const env = await awsEnv(join(folder, 'aws-config'), countedEnv);
  const sync = [path, 's3', 'sync', '--only-show-errors', '--endpoint-url', proxy.endpoint];
  return {
    name: `aws s3 sync (max_concurrent_requests = ${CONCURRENT_REQUESTS})`,
    isPeer: true,
    restore: async ({ copies: { bucket, prefix } }, target) => ({
      command: await measure([...sync, `s3://${bucket}/${prefix}`, spelling.aws(target)], env),
      workers: [],
    }),
  };
}
