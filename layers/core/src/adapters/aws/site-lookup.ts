import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { WorkDocsClient } from '@aws-sdk/client-workdocs';
import type { SiteLookup } from '../../flows/workdocs/site-world.ts';
import { defined } from '../../model/defined.ts';
import { InvalidInputError, messageOf, SiteError } from '../../model/errors.ts';
import type { Source } from '../../model/source.ts';
import { siteOf } from '../../model/workdocs/site-uri.ts';
import { type ClientOptions, CONTROL_LIMITS, settings } from './clients.ts';
import { isOwnMachine } from './own-machine.ts';
import { WorkDocsSite } from './workdocs-site.ts';

/** Longer than an answer of 999 documents takes. */
const LIMITS = { ...CONTROL_LIMITS, requestMs: 60_000, idleMs: 30_000 };
/** Of assumed roles; the SDK asks for new ones five minutes before. */
const SESSION_SECONDS = 3_600;

/**
 * Makes the ways to sites, once for each source, region and role.
 *
 * @param options the region is that of a source that names none
 * @throws {InvalidInputError} when WorkDocs would be spoken to without encryption
 */
export function siteLookup(options: ClientOptions = {}): (source: Parameters<SiteLookup>[0]) => WorkDocsSite {
  const known = new Map<string, WorkDocsSite>();
  return ({ source, site }) => {
    const key = JSON.stringify([source, site?.region, site?.roleArn]);
    const made = known.get(key) ?? makeSite(source, site, options);
    known.set(key, made);
    return made;
  };
}

function makeSite(source: string, site: Source['site'], options: ClientOptions): WorkDocsSite {
  const organizationId = siteOf(source);
  const region = site?.region ?? options.region;
  const own = settings({ ...options, ...defined({ region }) }, LIMITS);
  checkEndpoint(
    options.endpoint ?? process.env['AWS_ENDPOINT_URL_WORKDOCS'] ?? process.env['AWS_ENDPOINT_URL'],
  );
  const credentials =
    site?.roleArn === undefined
      ? {}
      : { credentials: roleCredentials(site.roleArn, organizationId, options) };
  return new WorkDocsSite(new WorkDocsClient({ ...own, ...credentials }), organizationId);
}

function checkEndpoint(endpoint: string | undefined): void {
  if (endpoint === undefined || endpoint.startsWith('https:') || isOwnMachine(endpoint)) return;
  throw new InvalidInputError(
    `the endpoint ${endpoint} for WorkDocs is not encrypted: only this machine's own may be; write https://…`,
  );
}

/** Credentials of a role, which the SDK asks for again when they run out. */
function roleCredentials(roleArn: string, organizationId: string, options: ClientOptions) {
  // Not the site's region but the function's own: a role is the same everywhere.
  const { endpoint: _, ...usual } = options;
  const sts = new STSClient(settings(usual, CONTROL_LIMITS));
  return async () => {
    const { Credentials } = await assume(sts, roleArn, organizationId);
    return {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      ...defined({ sessionToken: Credentials?.SessionToken, expiration: Credentials?.Expiration }),
    };
  };
}

async function assume(sts: STSClient, roleArn: string, organizationId: string) {
  try {
    return await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: `holdfast-${organizationId}`.slice(0, 64),
        DurationSeconds: SESSION_SECONDS,
      }),
    );
  } catch (error) {
    const isRefusal =
      error instanceof Error && /AccessDenied|ValidationError|Malformed|RegionDisabled/.test(error.name);
    throw new SiteError(
      isRefusal ? 'access-denied' : 'unavailable',
      `the role ${roleArn} cannot be assumed: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
