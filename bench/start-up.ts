import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { median } from './statistics.ts';

const BUILD = resolve(import.meta.dirname, '../.aws-sam/build');
const RUNS = 11;
const KIB = 1024;

export type StartUp = {
  readonly name: string;
  readonly bundleKiB: number;
  /** Median over fresh processes: from asking for the module to having it. */
  readonly initMs: number;
  /** Resident memory after that, in MiB. */
  readonly residentMiB: number;
};

const PROBE = `
const started = performance.now();
await import(process.argv[1]);
console.log(JSON.stringify({ ms: performance.now() - started, rss: process.memoryUsage.rss() }));
`;

const ENVIRONMENT: Readonly<Record<string, string>> = {
  HOLDFAST_STACK: 'bench',
  VAULT_BUCKET: 'vault',
  CATALOG_TABLE: 'catalog',
  CAPTURE_QUEUE_URL: 'http://127.0.0.1/1',
  BACKLOG_QUEUE_URL: 'http://127.0.0.1/2',
  RECONCILE_QUEUE_URL: 'http://127.0.0.1/3',
  RESTORE_QUEUE_URL: 'http://127.0.0.1/4',
  RESTORE_WORK_QUEUE_URL: 'http://127.0.0.1/5',
  RESTORE_TARGETS: '',
  RETENTION_DAYS: '90',
  MULTIPART_THRESHOLD_MIB: '5120',
  PART_MIB: '256',
  CONCURRENCY: '16',
  KEYS_PER_STEP: '20000',
  MAX_RECEIVES: '5',
  RETRY_BASE_SECONDS: '5',
  AWS_REGION: 'us-east-1',
};

/** Bundle size, init time and memory of each built function, in a fresh Node process as Lambda would start it. */
export async function measureStartUps(): Promise<StartUp[]> {
  const folders = await readdir(BUILD, { withFileTypes: true });
  const names = folders
    .filter((entry) => entry.isDirectory() && entry.name.endsWith('Function'))
    .map(({ name }) => name);
  const found: StartUp[] = [];
  for (const name of names.toSorted()) found.push(await measureOne(name));
  return found;
}

async function measureOne(name: string): Promise<StartUp> {
  const file = join(BUILD, name, 'handler.mjs');
  const runs: Array<{ ms: number; rss: number }> = [];
  for (let run = 0; run < RUNS; run++) runs.push(await probe(file));
  return {
    name: name.replace(/Function$/, ''),
    bundleKiB: (await stat(file)).size / KIB,
    initMs: median(runs.map(({ ms }) => ms)),
    residentMiB: median(runs.map(({ rss }) => rss)) / KIB / KIB,
  };
}

function probe(file: string): Promise<{ ms: number; rss: number }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROBE, file], {
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.once('error', fail);
    child.once('close', (code) =>
      code === 0 ? done(JSON.parse(out)) : fail(new Error(`${file} does not start`)),
    );
  });
}
