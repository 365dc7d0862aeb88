import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { saveReport } from '../../../cli/jobs/save-report.ts';
import { Output } from '../../../cli/output.ts';
import { REPORTS } from '../../support/reports.ts';
import { silent } from '../cli/support/given-cli.ts';

let folder: string;
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-save-'));
  told = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function context() {
  const stream = { write: (text: string) => told.push(text), ...silent() };
  const output = new Output({ stdout: stream, stderr: stream }, { update: () => {}, clear: () => {} }, false);
  return { output, random: () => 'r1', jobKinds: JOBS };
}

it('leaves nothing but the file', async () => {
  await saveReport(join(folder, 'a.json'), REPORTS.done, context());
  expect(readdirSync(folder)).toEqual(['a.json']);
  expect(JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'))).toEqual(REPORTS.done);
});

it('leaves alone what somebody put there meanwhile, and nothing half-written', async () => {
  writeFileSync(join(folder, 'a.html'), 'mine');
  await expect(saveReport(join(folder, 'a.html'), REPORTS.done, context())).rejects.toThrow(
    /could not be saved as ".*a\.html": it exists already/,
  );
  expect(readdirSync(folder)).toEqual(['a.html']);
  expect(readFileSync(join(folder, 'a.html'), 'utf8')).toBe('mine');
});
