import { QUEUES } from '@holdfast/core/model/queues.ts';

const SETTINGS = {
  stack: 'bench',
  account: '111122223333',
  vault: 'vault',
  catalog: 'catalog',
  queues: Object.fromEntries(QUEUES.map((name, index) => [name, `http://127.0.0.1/${index + 1}`])),
  exactRestores: 'false',
  aclRestores: 'false',
  retentionDays: '90',
  multipartThresholdMiB: '1024',
  partMiB: '256',
  concurrency: '16',
  keysPerStep: '20000',
  maxReceives: '8',
  retryBaseSeconds: '5',
};

/** What the template tells a function; the names lead nowhere. @param changes settings in the place of these, and queues beside them */
export function functionEnv(changes: Partial<typeof SETTINGS> = {}): Readonly<Record<string, string>> {
  const queues = { ...SETTINGS.queues, ...changes.queues };
  return {
    SETTINGS: JSON.stringify({ ...SETTINGS, ...changes, queues }),
    RESTORE_TARGETS: '',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  };
}
