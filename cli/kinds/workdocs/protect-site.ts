import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { ensureEmptyFolder } from '@holdfast/core/kinds/workdocs/capture/ensure-empty-folder.ts';
import { parseSiteUri, siteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { checkFilter } from '@holdfast/core/model/filter.ts';
import type { SourceSettings } from '@holdfast/core/model/source.ts';
import { captureRuleName, sourceStackName } from '@holdfast/core/model/stack-names.ts';
import { Option } from 'commander';
import type { CoreStack } from '../../../operations/core-stack.ts';
import { SOURCE_TAG, STACK_TAG, type StackRequest } from '../../../operations/ports.ts';
import type { Connection } from '../../context.ts';
import { roleOf } from '../../core-stack.ts';
import type { CoveredOptions } from '../../sources/covered-argument.ts';
import { readTemplate } from '../../sources/read-template.ts';
import type { Protection, ProtectionOf } from '../protection.ts';
import { workDocsWork } from './work.ts';

/** The options that are for WorkDocs sites only. */
type SiteOptions = {
  readonly siteRegion?: string;
  readonly roleArn?: string;
  readonly user?: string;
  readonly folder?: string;
  readonly every?: string;
};

/** Source: WorkDocs API reference, DescribeUsers, OrganizationId: `d-[0-9a-fA-F]{10}`. */
const ORGANIZATION = /^d-[0-9a-f]{10}$/;
const ROLE = /^arn:[a-z0-9-]+:iam::([0-9]{12}):role\/.+$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const DEFAULT_EVERY = '5m';

/** How a WorkDocs site is protected. @throws {InvalidInputError} naming what cannot be used */
function siteProtection(uri: string, options: CoveredOptions & SiteOptions): Protection {
  const { site, path } = parseSiteUri(uri);
  if (!ORGANIZATION.test(site)) {
    throw new InvalidInputError(
      `"${site}" is no organization of WorkDocs: its id is d- and ten digits or letters a to f, as d-1234567890`,
    );
  }
  const source = siteUri(site);
  const every = schedule(options.every ?? DEFAULT_EVERY);
  const settings = settingsOf(source, path, options);
  return {
    settings,
    ownAccount: false,
    check: (connection) => checkIsNoImport(source, connection),
    stack: (core) => siteStack(site, { every, roleArn: options.roleArn }, core),
    wire: (steps, { world }) =>
      steps.run('prepare its place in the vault', 'its place in the vault is prepared', () =>
        ensureEmptyFolder(site, world),
      ),
    first: (jobId) => workDocsWork.comparison({ source }, { trigger: 'protect', jobId }),
    warnings: async ({ stack }) => sameAccount(source, options.roleArn, stack),
  };
}

function settingsOf(
  source: string,
  path: string,
  { prefix, folder, include = [], exclude = [], siteRegion, roleArn, user }: CoveredOptions & SiteOptions,
): Omit<SourceSettings, 'protectedAt'> {
  const places = [path, prefix, folder].filter((one) => placeOf(one) !== undefined);
  if (places.length > 1) {
    throw new InvalidInputError(
      `the folder is given ${places.length} times (${places.join(', ')}): in the URI, or with --folder`,
    );
  }
  checkFilter({ include, exclude });
  check('--role-arn', roleArn, ROLE, 'arn:aws:iam::123456789012:role/name');
  check('--site-region', siteRegion, REGION, 'eu-west-1');
  return {
    source,
    ...defined({ prefix: placeOf(places[0]) }),
    ...(include.length === 0 ? {} : { include }),
    ...(exclude.length === 0 ? {} : { exclude }),
    site: defined({ region: siteRegion, roleArn, users: user }),
  };
}

/** `anna/Reports/`: a folder and what is below it, and no other that only begins like it. No path begins with a slash. */
function placeOf(given = ''): string | undefined {
  const path = given.replaceAll(/^\/+|\/+$/g, '');
  return path === '' ? undefined : `${path}/`;
}

function check(option: string, value: string | undefined, pattern: RegExp, example: string): void {
  if (value === undefined || pattern.test(value)) return;
  throw new InvalidInputError(`${option} "${value}" cannot be: write it as ${example}`);
}

/** `5m` as EventBridge takes it. Source: EventBridge user guide, "Rate expressions": minutes, hours or days, from 1. */
function schedule(every: string): string {
  const [, number = '', unit = ''] = /^([1-9]\d{0,3})(m|h|d)$/.exec(every) ?? [];
  const name = { m: 'minute', h: 'hour', d: 'day' }[unit];
  if (name === undefined)
    throw new InvalidInputError(`--every "${every}" is no interval: write it as 1m, 5m, 1h or 1d`);
  return `rate(${number} ${name}${number === '1' ? '' : 's'})`;
}

/** What was imported under this name stays what it is: live documents have other ids, and would stand beside it. */
async function checkIsNoImport(source: string, { world }: Connection): Promise<void> {
  const known = await world.catalog.getSource(source);
  if (known?.site?.importedFrom === undefined) return;
  throw new InvalidInputError(
    `${source} is an import of ${known.site.importedFrom}: a live site would mix with it. Import it under another name ` +
      '(holdfast import … --as), into a vault of its own, or leave it as it is',
  );
}

/** Whoever takes over the account has both then. */
function sameAccount(source: string, roleArn: string | undefined, { outputs }: CoreStack): string[] {
  const [, , , , account] = outputs.SiteQueueArn.split(':');
  const [, own] = ROLE.exec(roleArn ?? '') ?? [];
  if (own !== undefined && own !== account) return [];
  return [
    `${source} and its vault are in the same account${account === undefined || account === '' ? '' : ` (${account})`}: ` +
      'whoever takes over the account has both. Better: the stack in an account of its own, and --role-arn with a role ' +
      "of the site's account that it may assume",
  ];
}

/** How WorkDocs sites are protected. */
export const workDocsProtection: ProtectionOf = {
  options: () => [
    new Option('--site-region <region>', "WorkDocs: the site's region, if it is another than the stack's"),
    new Option('--role-arn <arn>', 'WorkDocs: a role to assume to read the site, of its account or another'),
    new Option('--user <query>', 'WorkDocs: only users that match, as WorkDocs searches for users'),
    new Option('--folder <path>', 'WorkDocs: only this folder and what is below it: user/folder'),
    new Option('--every <interval>', 'WorkDocs: how often activities are read: 1m, 5m, 1h (default: 5m)'),
  ],
  refusals: { canary: 'its polls, each some minutes, tell how far it is captured' },
  of: siteProtection,
  stays: [],
};

/** The small stack that has a WorkDocs site polled and crawled. @param every as EventBridge takes it: `rate(5 minutes)` */
async function siteStack(
  site: string,
  { every, roleArn }: { readonly every: string; readonly roleArn: string | undefined },
  core: CoreStack,
): Promise<StackRequest> {
  const { outputs } = core;
  const source = siteUri(site);
  return {
    name: sourceStackName(core.name, source, ADDRESSES),
    template: await readTemplate('workdocs.yaml'),
    parameters: {
      OrganizationId: site,
      ReaderRoleArn: roleArn ?? '',
      CaptureRuleName: captureRuleName(core.name, source),
      SiteQueueArn: outputs.SiteQueueArn,
      PollSchedule: every,
      ReadSiteRole: roleOf('ReadSiteRoleName', workDocsWork, core),
      CaptureDocumentsRole: roleOf('CaptureDocumentsRoleName', workDocsWork, core),
      CoreStack: core.name,
      AlarmTopicArn: outputs.AlarmTopicArn,
    },
    tags: { [SOURCE_TAG]: source, [STACK_TAG]: core.name },
  };
}
