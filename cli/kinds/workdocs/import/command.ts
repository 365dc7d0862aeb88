import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { ensureEmptyFolder } from '@holdfast/core/kinds/workdocs/capture/ensure-empty-folder.ts';
import type { ImportRequest } from '@holdfast/core/kinds/workdocs/import/import-messages.ts';
import {
  defaultSite,
  type ExportPlace,
  parseExport,
} from '@holdfast/core/kinds/workdocs/import/import-names.ts';
import { checkImportable, registerImport } from '@holdfast/core/kinds/workdocs/import/register-import.ts';
import { versionNames } from '@holdfast/core/kinds/workdocs/import/version-names.ts';
import { parseSiteUri, siteOf, siteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { sourceStackName } from '@holdfast/core/model/stack-names.ts';
import { Argument, type Command } from 'commander';
import type { CoreStack } from '../../../../operations/core-stack.ts';
import type { Imported } from '../../../../operations/json/import.ts';
import { SOURCE_TAG, STACK_TAG, type StackRequest } from '../../../../operations/ports.ts';
import { checkBucket, checkNotVault } from '../../../../operations/sources/check-bucket.ts';
import type { Act } from '../../../command.ts';
import { confirm } from '../../../confirm.ts';
import type { Connection, Context } from '../../../context.ts';
import { roleOf } from '../../../core-stack.ts';
import type { ExitCode } from '../../../exit-codes.ts';
import { helpText } from '../../../help.ts';
import { checkReportFile, reportOption } from '../../../jobs/save-report.ts';
import { newJobId, startJob } from '../../../jobs/start-job.ts';
import { readTemplate } from '../../../sources/read-template.ts';
import { Steps } from '../../../steps.ts';
import { explainVault } from '../../../vault/explain-vault.ts';
import { workDocsWork } from '../work.ts';
import { planImport, planLines } from './export-plan.ts';
import { findExport } from './find-export.ts';

type Options = {
  readonly as?: string;
  readonly versionsNamed?: string;
  readonly kmsKey?: string;
  readonly wait?: true;
  readonly yes?: true;
  readonly report?: string;
};

export function define(command: Command, act: Act): void {
  command
    .description(
      "Reads an export that AWS's migration tool for WorkDocs put into S3, one zip a user, into the vault: as a WorkDocs site " +
        'with its users, folders, documents, versions, comments and permissions. The zips stay as they are; a second import ' +
        'brings only what is new.',
    )
    .addArgument(new Argument('<what>', 'what is imported').choices(['workdocs-export']))
    .argument('<uri>', 's3://bucket/folder: where the zips are; or one zip')
    .option('--as <site>', 'the site that it becomes: workdocs://name (default: made of the export)')
    .option('--versions-named <pattern>', 'how versions are told by names, as "{name} (v{n}){ext}"')
    .option('--kms-key <arn>', 'the KMS key that the zips are encrypted with')
    .option('--wait', 'wait until it is done')
    .addOption(reportOption())
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast import workdocs-export s3://exports/d-1234567890/ --wait',
          'holdfast import workdocs-export s3://exports/2025/ --as workdocs://old-site --yes --json',
          "holdfast import workdocs-export s3://exports/2025/ --versions-named '{name}_v{n}{ext}'",
        ],
        notes:
          'The site is named after the organization whose id is in the prefix, or else after the place of the export. How the ' +
          'tool names versions is not published: without --versions-named every name is a document of its own, and the report ' +
          'says when names look like versions.',
        exits: { 3: 'some zips, entries or rows could not be imported (with --wait)' },
      }),
    )
    .action(act(importExport));
}

async function importExport(
  context: Context,
  _what: string,
  given: string,
  options: Options,
): Promise<ExitCode> {
  checkReportFile(options.report, options.wait ?? false);
  versionNames(options.versionsNamed);
  checkKmsKey(options.kmsKey);
  const named = parseExport(given);
  // By what was typed, as ever: the same command goes on with the same site.
  const source = siteArgument(options.as, named);
  const connection = await context.connect('writing');
  await checkPlace(named, source, connection);
  const place = await findExport(named, connection.world.store);
  const uri = `s3://${place.bucket}/${place.prefix}`;
  const plan = await planImport(place, connection.world.store, (objects) =>
    context.output.progress(`import ${uri}: ${objects} objects listed`),
  );
  const lines = planLines(uri, source, plan);
  if (options.yes !== true) for (const line of lines) context.output.note(line);
  await confirm('Import it?', options.yes ?? false, context);
  const stack = await prepare(place, source, uri, options, connection, context);
  const facts: Omit<Imported, 'jobId' | 'result'> = { source, export: uri, stack, plan };
  return begin(facts, lines, options, connection, context);
}

/** As `workdocs-import.yaml` takes it. A policy names keys by their ARNs, and no aliases. */
const KMS_KEY = /^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key\/.+$/;

function checkKmsKey(arn: string | undefined): void {
  if (arn === undefined || KMS_KEY.test(arn)) return;
  throw new InvalidInputError(
    `--kms-key "${arn}" cannot be: write it as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  );
}

/** @throws {InvalidInputError} for what is no site, or names a part of one */
function siteArgument(as: string | undefined, place: ExportPlace): string {
  if (as === undefined) return siteUri(defaultSite(place));
  const { site, path } = parseSiteUri(as);
  if (path === '') return siteUri(site);
  throw new InvalidInputError(`"${as}" names a part of a site; an import fills the whole: ${siteUri(site)}`);
}

async function checkPlace({ bucket }: ExportPlace, source: string, connection: Connection): Promise<void> {
  checkNotVault(bucket, connection);
  await checkBucket(bucket, connection);
  const { catalog } = connection.world;
  checkImportable(await catalog.getSource(source), source);
  const running = (await catalog.listJobs()).find(
    (job) => job.kind === 'import' && job.source === source && job.state === 'running',
  );
  if (running === undefined) return;
  throw new InvalidInputError(
    `the import ${running.id} into ${source} is running: wait for it (holdfast job ${running.id} --wait), or cancel it`,
  );
}

/** Every step is safe to repeat, so that the same command finishes what a first one left half done. @returns the stack's name */
async function prepare(
  place: ExportPlace,
  source: string,
  uri: string,
  { kmsKey }: Options,
  connection: Connection,
  context: Context,
): Promise<string> {
  const { stack, stacks, world } = connection;
  const steps = new Steps(`import ${uri}`, context);
  const request = await exportStack(source, place, kmsKey, stack);
  await steps.run('deploy the stack that lets it be read', `stack ${request.name}`, (say) =>
    stacks.deploy(request, say),
  );
  await steps.run('prepare its place in the vault', 'its place in the vault is prepared', () =>
    ensureEmptyFolder(siteOf(source), world),
  );
  await steps.run('register it', 'registered', () => registerImport(source, uri, world));
  await explainVault(connection, context);
  return request.name;
}

function begin(
  facts: Omit<Imported, 'jobId' | 'result'>,
  lines: readonly string[],
  { wait, report, yes, versionsNamed }: Options,
  connection: Connection,
  context: Context,
): Promise<ExitCode> {
  const jobId = newJobId('import', connection, context);
  const message: ImportRequest = {
    kind: 'import',
    export: facts.export,
    source: facts.source,
    jobId,
    ...defined({ versionsNamed }),
  };
  const heading = yes === true ? lines : [`${facts.export} is being imported into ${facts.source}`];
  const telling = { jobId, facts, heading, wait: wait ?? false, report };
  return startJob({ ...telling, queue: 'import', message }, connection, context);
}

/** The small stack that lets an export be read. @param kmsKey ARN of the key that the zips are encrypted with, if it is a customer's */
async function exportStack(
  source: string,
  { bucket, prefix }: ExportPlace,
  kmsKey: string | undefined,
  core: CoreStack,
): Promise<StackRequest> {
  return {
    name: sourceStackName(core.name, source, ADDRESSES),
    template: await readTemplate('workdocs-import.yaml'),
    parameters: {
      Bucket: bucket,
      Prefix: literal(prefix),
      ImportExportRole: roleOf('ImportExportRoleName', workDocsWork, core),
      KmsKeyArn: kmsKey ?? '',
    },
    tags: { [SOURCE_TAG]: source, [STACK_TAG]: core.name },
  };
}

/** What would be a wildcard or a variable in a policy stands for itself. Source: IAM user guide, "Policy variables". */
function literal(prefix: string): string {
  return prefix.replaceAll(/[*?$]/g, (mark) => `\${${mark}}`);
}
