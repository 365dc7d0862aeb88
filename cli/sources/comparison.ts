import type { Crawl } from '@holdfast/core/kinds/workdocs/model/site-messages.ts';
import { isSiteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { ReconcileMessage } from '@holdfast/core/model/messages.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import type { Source } from '@holdfast/core/model/source.ts';
import { importCommand } from '@holdfast/core/report/import-command.ts';
import type { JobStart } from '../jobs/start-job.ts';

/** Where the message goes that has a source compared: the functions of its kind read there. */
export function comparisonQueue(source: string): QueueName {
  return isSiteUri(source) ? 'site' : 'reconcile';
}

type Wish = Pick<Crawl, 'trigger' | 'approved' | 'deep' | 'vault'> & { readonly jobId: string };

/**
 * The message that has a source compared with its backup: a bucket by a reconcile, a site by a crawl.
 *
 * @throws {InvalidInputError} for an import, which has no site to be compared with
 */
export function comparison(
  { source, site }: Pick<Source, 'source' | 'site'>,
  { deep, ...others }: Wish,
): Pick<JobStart, 'queue' | 'message'> {
  const wish = { ...others, ...(deep ? { deep } : {}) };
  const queue = comparisonQueue(source);
  if (!isSiteUri(source))
    return { queue, message: { kind: 'reconcile', source, ...wish } satisfies ReconcileMessage };
  if (site?.importedFrom !== undefined) {
    throw new InvalidInputError(
      `${source} was imported from ${site.importedFrom}: there is no site to compare it with. To read the export again, ` +
        `run: ${importCommand({ export: site.importedFrom }, source)}`,
    );
  }
  const message: Crawl = { kind: 'crawl', source, ...wish };
  return { queue, message };
}
