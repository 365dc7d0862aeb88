import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Pipeline, SOURCE, TARGET, VAULT } from '../testing/pipeline.ts';

const USAGE = `Usage: npm run pictures

Makes the picture in the README again: docs/report.png. The pipeline runs in memory on a fixed clock, backs a bucket up,
and restores the moment before a mistake; Chromium shows the report that it wrote. HOLDFAST_CHROMIUM names another
Chromium.`;

const OBJECTS = 240;

/** @returns the page of a restore that found two objects in its way */
async function reportPage(): Promise<string> {
  const p = new Pipeline();
  await p.protect();
  for (let i = 0; i < OBJECTS; i += 1)
    p.s3.put(SOURCE, `2026/img-${String(i).padStart(4, '0')}.jpg`, 'x'.repeat(5000 + i));
  await p.drain();
  const at = new Date(p.now).toISOString();
  p.pass(3600);
  for (let i = 0; i < OBJECTS; i += 2) p.s3.delete(SOURCE, `2026/img-${String(i).padStart(4, '0')}.jpg`);
  await p.drain();
  for (const key of ['2026/img-0007.jpg', '2026/img-0100.jpg']) p.s3.put(TARGET, key, 'somebody else’s');
  const request = {
    source: `s3://${SOURCE}`,
    target: `s3://${TARGET}`,
    at,
    jobId: 'friday',
    askedBy: 'anna',
  };
  await p.handle('restore', p.message(JSON.stringify(request)));
  p.pass(42);
  await p.drain();
  const { report = '' } = await p.job('friday');
  const page = p.s3.text(VAULT, report.replace(/json$/, 'html'));
  if (page === undefined) throw new Error(`the restore wrote no page beside ${report}`);
  return page;
}

async function shoot(page: string, picture: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-pictures-'));
  try {
    const file = join(folder, 'report.html');
    await writeFile(file, page);
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      '--window-size=860,640',
    ];
    const more = [`--user-data-dir=${join(folder, 'profile')}`, `--screenshot=${picture}`, `file://${file}`];
    await promisify(execFile)(process.env['HOLDFAST_CHROMIUM'] ?? 'chromium', [...flags, ...more], {
      timeout: 120_000,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  if (process.argv.length > 2) process.stdout.write(`${USAGE}\n`);
  else await shoot(await reportPage(), join(import.meta.dirname, '../docs/report.png'));
} catch (error) {
  process.stderr.write(`pictures: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
