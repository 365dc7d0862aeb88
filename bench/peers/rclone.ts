import { devNull } from 'node:os';
import type { CommandUse } from '../measure/measured-command.ts';
import type { Contestant } from './contestant.ts';

export type PeerSetting = {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  /** The emulator as the peer sees it. */
  readonly endpoint: string;
  readonly measure: (argv: readonly string[], env: NodeJS.ProcessEnv) => Promise<CommandUse>;
  /** A new, empty bucket. */
  readonly newBucket: (purpose: string) => Promise<string>;
};

/** `rclone sync` with the flags its own documentation recommends for buckets, and as it comes. */
export const RCLONE_WAYS: ReadonlyArray<readonly string[]> = [
  ['--fast-list', '--checksum', '--transfers', '16', '--checkers', '16'],
  [],
];

/** `rclone sync` from bucket to bucket, copies made by S3 itself. */
export function rclone(flags: readonly string[], setting: PeerSetting): Contestant {
  const { path, env, endpoint, measure, newBucket } = setting;
  const remote = rcloneEnv(env, endpoint);
  return {
    name: ['rclone sync', ...flags].join(' '),
    isPeer: true,
    prepare: async () => ({ bucket: await newBucket('rclone'), prefix: '' }),
    backUp: async (source, { bucket }) => ({
      command: await measure([path, 'sync', ...flags, `bench:${source}`, `bench:${bucket}`], remote),
      workers: [],
    }),
  };
}

/** Its settings: one remote, `bench:`, and no configuration file of the user's. */
export function rcloneEnv(env: NodeJS.ProcessEnv, endpoint: string): NodeJS.ProcessEnv {
  return {
    ...env,
    RCLONE_CONFIG: devNull,
    RCLONE_CONFIG_BENCH_TYPE: 's3',
    // With 'AWS' it puts the bucket into the host name, which leads nowhere here; all else is as with AWS.
    RCLONE_CONFIG_BENCH_PROVIDER: 'Minio',
    RCLONE_CONFIG_BENCH_ENV_AUTH: 'true',
    RCLONE_CONFIG_BENCH_ENDPOINT: endpoint,
    RCLONE_CONFIG_BENCH_REGION: env['AWS_REGION'],
    RCLONE_CONFIG_BENCH_FORCE_PATH_STYLE: 'true',
  };
}
