import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ERROR_KINDS } from '../../../cli/error-kinds.ts';
import { ErrorSchema } from '../../../cli/json/error.ts';
import { COMMANDS } from '../../../cli/registry.ts';
import { ApprovedSchema } from '../../../operations/json/approve.ts';
import { CostSchema } from '../../../operations/json/cost.ts';
import { DiffLineSchema, DiffSummarySchema } from '../../../operations/json/diff.ts';
import { FailuresSchema, RedrivenSchema } from '../../../operations/json/failures.ts';
import { HistoryLineSchema } from '../../../operations/json/history.ts';
import { ImportedSchema } from '../../../operations/json/import.ts';
import { JobResultSchema, ResumedSchema, StartedSchema } from '../../../operations/json/job.ts';
import { JobsSchema } from '../../../operations/json/jobs.ts';
import { LsLineSchema } from '../../../operations/json/ls.ts';
import { ProtectedSchema } from '../../../operations/json/protect.ts';
import { ReindexSchema } from '../../../operations/json/reindex.ts';
import { RestoreJsonSchema } from '../../../operations/json/restore.ts';
import { RestoreLocalSchema } from '../../../operations/json/restore-local.ts';
import { SitePlaceLineSchema, SiteVersionLineSchema } from '../../../operations/json/site-versions.ts';
import { SourcesSchema } from '../../../operations/json/sources.ts';
import { StatusSchema } from '../../../operations/json/status.ts';
import { UnprotectedSchema } from '../../../operations/json/unprotect.ts';
import { VerifySchema } from '../../../operations/json/verify.ts';
import { VersionLineSchema } from '../../../operations/json/versions.ts';
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
