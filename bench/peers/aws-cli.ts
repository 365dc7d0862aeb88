import { writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import type { Contestant } from './contestant.ts';
import type { PeerSetting } from './rclone.ts';

/** As many as rclone is given; the AWS CLI's own default is 10, and it has no flag for it. */
export const CONCURRENT_REQUESTS = 16;

/** `aws s3 sync` from bucket to bucket, copies made by S3 itself. @param configFile where its settings may be written */
export async function awsCli(configFile: string, setting: PeerSetting): Promise<Contestant> {
  const { path, env, endpoint, measure, newBucket } = setting;
  const own = await awsEnv(configFile, env);
  const sync = ['s3', 'sync', '--delete', '--only-show-errors', '--endpoint-url', endpoint];
  return {
    name: `aws s3 sync --delete (max_concurrent_requests = ${CONCURRENT_REQUESTS})`,
    isPeer: true,
    prepare: async () => ({ bucket: await newBucket('aws'), prefix: '' }),
    backUp: async (source, { bucket }) => ({
      command: await measure([path, ...sync, `s3://${source}`, `s3://${bucket}`], own),
      workers: [],
    }),
  };
}

/** Its settings, and none of the user's. @param configFile where they may be written */
export async function awsEnv(configFile: string, env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const settings = `max_concurrent_requests = ${CONCURRENT_REQUESTS}\n  addressing_style = path`;
  await writeFile(configFile, `[default]\ns3 =\n  ${settings}\n`);
  return { ...env, AWS_CONFIG_FILE: configFile, AWS_SHARED_CREDENTIALS_FILE: devNull, AWS_PAGER: '' };
}
