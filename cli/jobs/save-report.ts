import { existsSync, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JobKinds } from '@holdfast/core/jobs/job-kind.ts';
import { HoldfastError, InvalidInputError, messageOf } from '@holdfast/core/model/errors.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { type Report, ReportSchema } from '@holdfast/core/model/report.ts';
import { makeReport, reportJson } from '@holdfast/core/report/write-report.ts';
import { Option } from 'commander';
import * as v from 'valibot';
import type { Connection, Context } from '../context.ts';
import { CommandError } from '../errors.ts';

/** `--report <file>`, the same for every command that has a report to give. */
export function reportOption(): Option {
  return new Option(
    '--report <file>',
    'save the report too: a page for people when the name ends in .html, JSON when in .json; an existing file is left alone',
  );
}

/**
 * Refuses a file that a report could not be saved as, before anything else is done.
 *
 * @param waits whether the command stays until there is a report
 * @throws {InvalidInputError}
 */
export function checkReportFile(file: string | undefined, waits: boolean): void {
  if (file === undefined) return;
  if (!/\.(html|json)$/i.test(file))
    throw new InvalidInputError(`--report "${file}": let the name end in .html or .json`);
  if (!waits) throw new InvalidInputError('--report needs --wait: there is no report before the end');
  if (existsSync(file))
    throw new InvalidInputError(`--report "${file}" exists already: name another file, or remove it`);
  const folder = dirname(file);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new InvalidInputError(`--report "${file}": there is no folder "${folder}"`);
}

/**
 * Saves a report as a page or as JSON, by the file's name: written beside, then renamed, so that it is there as a whole
 * or not at all.
 *
 * @throws {CommandError} when it cannot be written
 */
export async function saveReport(
  file: string,
  report: Report,
  { output, random, jobKinds }: Pick<Context, 'output' | 'random' | 'jobKinds'>,
): Promise<void> {
  const beside = `${file}.${random()}.part`;
  try {
    await writeFile(beside, await contentOf(file, report, jobKinds), { flag: 'wx' });
    if (existsSync(file)) throw new Error('it exists already');
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw new CommandError(`the report could not be saved as "${file}": ${messageOf(error)}`);
  }
  output.note(`report saved as ${file}`);
}

/** The page takes a library that no other command needs. */
async function contentOf(file: string, report: Report, jobKinds: JobKinds): Promise<string> {
  if (/\.json$/i.test(file)) return reportJson(report);
  const { reportHtml } = await import('@holdfast/core/report/report-html.ts');
  return reportHtml(report, jobKinds);
}

/** Saves the report of a job that has ended. */
export async function saveJobReport(
  file: string,
  job: Job,
  { world }: Pick<Connection, 'world'>,
  context: Pick<Context, 'output' | 'random' | 'jobKinds'>,
): Promise<void> {
  const { catalog } = world;
  const { jobKinds } = context;
  const report = (await reportInVault(job, world)) ?? (await makeReport(job, { catalog, jobKinds }));
  await saveReport(file, report, context);
}

/**
 * The report as the vault has it: there for as long as reports are, while the catalog forgets after some months. It is
 * written a moment after the job's end, and not everybody may read the vault: then it is made anew.
 */
async function reportInVault(
  { report }: Job,
  { store, settings }: Connection['world'],
): Promise<Report | undefined> {
  if (report === undefined) return undefined;
  try {
    return v.parse(ReportSchema, JSON.parse(await store.get({ bucket: settings.vault, key: report })));
  } catch (error) {
    if (error instanceof HoldfastError || error instanceof v.ValiError || error instanceof SyntaxError)
      return undefined;
    throw error;
  }
}
