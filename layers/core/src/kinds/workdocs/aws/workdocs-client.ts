import { STSClient } from '@aws-sdk/client-sts';
import { WorkDocsClient } from '@aws-sdk/client-workdocs';
import { type ClientOptions, CONTROL_LIMITS, settings } from '../../../aws/clients.ts';
import { isOwnMachine } from '../../../aws/own-machine.ts';
import { defined } from '../../../model/defined.ts';
import { InvalidInputError } from '../../../model/errors.ts';
import type { Source } from '../../../model/source.ts';
import { siteOf } from '../model/site-uri.ts';
import { assumeRole } from './assume-role.ts';

/** Longer than an answer of 999 documents takes. */
const LIMITS = { ...CONTROL_LIMITS, requestMs: 60_000, idleMs: 30_000 };

/** Which site, where, and by which role. */
export type SitePlace = Pick<Source, 'source' | 'site'>;

/**
 * A client for a site: of its region, or the usual one, and with the credentials of its role, if it has one.
 *
 * @throws {InvalidInputError} when WorkDocs would be spoken to without encryption
 */
export function workDocsClient({ source, site }: SitePlace, options: ClientOptions): WorkDocsClient {
  const region = site?.region ?? options.region;
  const own = settings({ ...options, ...defined({ region }) }, LIMITS);
  checkEndpoint(
    options.endpoint ?? process.env['AWS_ENDPOINT_URL_WORKDOCS'] ?? process.env['AWS_ENDPOINT_URL'],
  );
  if (site?.roleArn === undefined) return new WorkDocsClient(own);
  return new WorkDocsClient({ ...own, credentials: roleCredentials(site.roleArn, source, options) });
}

function checkEndpoint(endpoint: string | undefined): void {
  if (endpoint === undefined || endpoint.startsWith('https:') || isOwnMachine(endpoint)) return;
  throw new InvalidInputError(
    `the endpoint ${endpoint} for WorkDocs is not encrypted: only this machine's own may be; write https://…`,
  );
}

/** Credentials of a role, which the SDK asks for again when they run out. */
function roleCredentials(roleArn: string, source: string, options: ClientOptions) {
  // Not in the site's region but in the caller's own.
  const own = new STSClient(settings(options, CONTROL_LIMITS));
  const sessionName = `holdfast-${siteOf(source)}`.slice(0, 64);
  return () => assumeRole({ roleArn, sessionName }, own);
}
