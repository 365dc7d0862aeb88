import { QUEUES } from '@holdfast/core/model/queues.ts';

/** What the template tells a function; the names lead nowhere. */
export const FUNCTION_ENV: Readonly<Record<string, string>> = {
  HOLDFAST_STACK: 'bench',
  ACCOUNT_ID: '111122223333',
  VAULT_BUCKET: 'vault',
  CATALOG_TABLE: 'catalog',
  QUEUES: JSON.stringify(
    Object.fromEntries(QUEUES.map((name, index) => [name, `http://127.0.0.1/${index + 1}`])),
  ),
  RESTORE_TARGETS: '',
  EXACT_RESTORES: 'false',
  ACL_RESTORES: 'false',
  RETENTION_DAYS: '90',
  MULTIPART_THRESHOLD_MIB: '1024',
  PART_MIB: '256',
  CONCURRENCY: '16',
  KEYS_PER_STEP: '20000',
  MAX_RECEIVES: '8',
  RETRY_BASE_SECONDS: '5',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
};
