import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { globs } from './globs/section.ts';
import { restoreListing } from './listing/section.ts';
import { thisMachine } from './machine.ts';
import { model } from './model/bench.ts';
import { type BenchOptions, parseOptions, type SectionName, USAGE } from './options.ts';
import { parallelism } from './parallelism/section.ts';
import { peers } from './peers/section.ts';
import { pipeline } from './pipeline/section.ts';
import { composeReport, dated, readReport } from './report.ts';
import { restoreLocal } from './restore/local-section.ts';
import { restorePeers } from './restore/peers-section.ts';
import { restorePlan } from './restore/plan-section.ts';
import { restoreSite } from './restore/site-section.ts';
import { starts } from './starts/section.ts';
import { workdocsScale } from './workdocs/scale-section.ts';
import { workdocs } from './workdocs/section.ts';
import { importExports } from './workdocs-import/section.ts';

const REPORT = resolve(import.meta.dirname, '../docs/benchmarks.md');

/** Each measures its own part and gives it back as Markdown, the heading first. */
const SECTIONS: Readonly<Record<SectionName, (options: BenchOptions) => Promise<string[]>>> = {
  pipeline,
  peers,
  parallelism,
  starts,
  'restore-peers': restorePeers,
  'restore-local': restoreLocal,
  'restore-plan': restorePlan,
  'restore-listing': restoreListing,
  'restore-site': restoreSite,
  model,
  workdocs,
  'workdocs-scale': workdocsScale,
  'workdocs-import': importExports,
  globs,
};

async function main(options: BenchOptions): Promise<void> {
  const machine = await thisMachine();
  for (const name of options.only) {
    const lines = await SECTIONS[name](options);
    const text = dated(lines, machine, new Date().toISOString().slice(0, 10));
    process.stdout.write(`${text}\n\n`);
    if (options.write) await writeSection(name, text);
  }
}

/** Each as soon as it is measured: what a later one fails of is no reason to lose it. */
async function writeSection(name: SectionName, text: string): Promise<void> {
  const sections = readReport(await readFile(REPORT, 'utf8'));
  await writeFile(REPORT, composeReport(sections.set(name, text)));
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(`${USAGE}\n`);
  else await main(options);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
