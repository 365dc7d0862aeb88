import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ERROR_KINDS } from '../../../cli/error-kinds.ts';
import { ApprovedSchema } from '../../../cli/json/approve.ts';
import { CostSchema } from '../../../cli/json/cost.ts';
import { DiffLineSchema, DiffSummarySchema } from '../../../cli/json/diff.ts';
import { ErrorSchema } from '../../../cli/json/error.ts';
import { FailuresSchema, RedrivenSchema } from '../../../cli/json/failures.ts';
import { HistoryLineSchema } from '../../../cli/json/history.ts';
import { ImportedSchema } from '../../../cli/json/import.ts';
import { JobResultSchema, ResumedSchema, StartedSchema } from '../../../cli/json/job.ts';
import { JobsSchema } from '../../../cli/json/jobs.ts';
import { LsLineSchema } from '../../../cli/json/ls.ts';
import { ProtectedSchema } from '../../../cli/json/protect.ts';
import { ReindexSchema } from '../../../cli/json/reindex.ts';
import { RestoreJsonSchema } from '../../../cli/json/restore.ts';
import { RestoreLocalSchema } from '../../../cli/json/restore-local.ts';
import { SitePlaceLineSchema, SiteVersionLineSchema } from '../../../cli/json/site-versions.ts';
import { SourcesSchema } from '../../../cli/json/sources.ts';
import { StatusSchema } from '../../../cli/json/status.ts';
import { UnprotectedSchema } from '../../../cli/json/unprotect.ts';
import { VerifySchema } from '../../../cli/json/verify.ts';
import { VersionLineSchema } from '../../../cli/json/versions.ts';
import { COMMANDS } from '../../../cli/registry.ts';
import { CliWorld } from './support/given-cli.ts';

const SCHEMAS: Readonly<Record<string, v.GenericSchema>> = {
  error: ErrorSchema,
  cost: CostSchema,
  protect: ProtectedSchema,
  unprotect: UnprotectedSchema,
  sources: SourcesSchema,
  status: StatusSchema,
  reconcile: StartedSchema,
  import: ImportedSchema,
  ls: LsLineSchema,
  versions: VersionLineSchema,
  'site-version': SiteVersionLineSchema,
  'site-place': SitePlaceLineSchema,
  diff: DiffLineSchema,
  'diff-summary': DiffSummarySchema,
  history: HistoryLineSchema,
  verify: VerifySchema,
  restore: RestoreJsonSchema,
  'restore-local': RestoreLocalSchema,
  jobs: JobsSchema,
  job: JobResultSchema,
  resumed: ResumedSchema,
  approve: ApprovedSchema,
  failures: FailuresSchema,
  redriven: RedrivenSchema,
  reindex: ReindexSchema,
};

const docs = readFileSync(resolve(import.meta.dirname, '../../../docs/cli.md'), 'utf8');
const examples = [...docs.matchAll(/^```json (\S+)\n([\s\S]*?)\n```$/gm)].map(([, name = '', json = '']) => ({
  name,
  json,
}));

describe('docs/cli.md', () => {
  it.each(examples)('gives an example of $name that is as its schema says', ({ name, json }) => {
    const schema = SCHEMAS[name];
    if (schema === undefined) throw new Error(`there is no schema for ${name}`);
    expect(v.parse(schema, JSON.parse(json))).toEqual(JSON.parse(json));
  });

  it('has an example of every answer', () => {
    expect(examples.map(({ name }) => name).sort()).toEqual(Object.keys(SCHEMAS).sort());
  });

  it.each(Object.keys(COMMANDS))('has all options of %s', async (name) => {
    const { stdout } = await new CliWorld().run(name, '--help');
    const section = docs.split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
    const own = stdout.split('Global Options:')[0] ?? '';
    const options = [...own.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option);

    for (const option of options.filter((one) => one !== '--help')) expect(section).toContain(option);
  });

  it('names every kind of error', () => {
    for (const kind of ERROR_KINDS) expect(docs).toContain(`\`${kind}\``);
  });
});
