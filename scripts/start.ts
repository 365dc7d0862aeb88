import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { s3Client } from '@holdfast/core/aws/clients.ts';
import { readFolder } from './demo/folder.ts';
import { runDemo } from './demo/run-demo.ts';
import { makeSampleFolder } from './demo/sample-folder.ts';
import { runWorkDocsDemo } from './demo/workdocs-demo.ts';
import { ensureCloud } from './lib/cloud.ts';

const USAGE = `Usage: npm start [-- --from <folder> | --workdocs]

Brings the local cloud up, makes a bucket from a folder (a sample with awkward names unless told), protects it, shows
the backup arriving, then overwrites and deletes some of it, restores the moment before, and compares the restored
bytes with the folder. Exits 0 only when they are the same.

With --workdocs, the same of a WorkDocs site: a server of the project's own speaks WorkDocs' protocol, people change a
sample site, and an export of AWS's migration tool is imported.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      workdocs: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (values.workdocs) return demoWorkDocs(values.from);
  const root = await sourceFolder(values.from);
  const folder = await readFolder(root);
  if (folder.files.length === 0) throw new Error(`${root} holds no files: name another folder with --from`);
  const cloud = await ensureCloud();
  const env = { ...process.env, ...cloud.env };
  Object.assign(process.env, cloud.env);
  return runDemo({ root, folder, env, s3: s3Client({ concurrency: 32, account: undefined }) });
}

async function demoWorkDocs(from: string | undefined): Promise<number> {
  if (from !== undefined) throw new Error('--workdocs has a sample site of its own: leave --from out');
  const cloud = await ensureCloud();
  Object.assign(process.env, cloud.env);
  return runWorkDocsDemo(cloud, { ...process.env, ...cloud.env });
}

async function sourceFolder(from: string | undefined): Promise<string> {
  if (from === '') throw new Error('--from names no folder: write --from <folder>, or leave it out');
  if (from !== undefined) return resolve(from);
  const sample = resolve(import.meta.dirname, '../.holdfast/sample');
  await mkdir(sample, { recursive: true });
  await makeSampleFolder(sample);
  return sample;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`start: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
