import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { restoreListing } from './listing/section.ts';
import { thisMachine } from './machine.ts';
import { model } from './model/bench.ts';
import { type BenchOptions, parseOptions, type SectionName, USAGE } from './options.ts';
import { parallelism } from './parallelism/section.ts';
import { peers } from './peers/section.ts';
import { pipeline } from './pipeline/section.ts';
import { composeReport } from './report.ts';
import { starts } from './starts/section.ts';

const REPORT = resolve(import.meta.dirname, '../docs/benchmarks.md');

/** Each measures its own part and gives it back as Markdown; in the order of the report. */
const SECTIONS: Readonly<Record<SectionName, (options: BenchOptions) => Promise<string[]>>> = {
  pipeline,
  peers,
  parallelism,
  starts,
  'restore-listing': restoreListing,
  model,
};

async function main(options: BenchOptions): Promise<void> {
  const sections: string[][] = [];
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (options.only.some((wanted) => wanted === name)) sections.push(await measure(options));
  }
  const text = composeReport(await thisMachine(), sections);
  process.stdout.write(text);
  if (options.write) await writeFile(REPORT, text);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(`${USAGE}\n`);
  else await main(options);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
