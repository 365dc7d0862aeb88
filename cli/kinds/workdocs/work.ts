import { importCommand } from '@holdfast/core/kinds/workdocs/import/import-command.ts';
import { type ImportStep, parseImportMessage } from '@holdfast/core/kinds/workdocs/import/import-messages.ts';
import { entryKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import {
  type Crawl,
  parseDocumentMessage,
  parseSiteMessage,
} from '@holdfast/core/kinds/workdocs/model/site-messages.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { SITE_QUEUES } from '@holdfast/core/model/queues.ts';
import type { Explanation, Work } from '@holdfast/core/source/work.ts';
import { counted } from '../../text/format.ts';
import { ofJob } from '../../text/of-job.ts';
import { visibleKey } from '../../text/visible.ts';

const MAX_OBJECTS = 5;

/** What is done for WorkDocs sites. */
export const workDocsWork: Work = {
  functions: { parameter: 'WorkDocs', queues: SITE_QUEUES },
  explains: {
    site: explainSite,
    documents: explainDocuments,
    largeDocuments: explainDocuments,
    import: explainImport,
  },
  comparisonQueue: 'site',
  comparison: ({ source, site }, { deep, ...wish }) => {
    if (site?.importedFrom !== undefined) {
      throw new InvalidInputError(
        `${source} was imported from ${site.importedFrom}: there is no site to compare it with. To read the export again, ` +
          `run: ${importCommand({ export: site.importedFrom }, source)}`,
      );
    }
    const message: Crawl = { kind: 'crawl', source, ...wish, ...(deep ? { deep } : {}) };
    return { queue: 'site', message };
  },
  // A crawl in depth reads comments and permissions, which every site may have.
  checkDeep: () => {},
};

function explainSite(body: string): Explanation {
  const message = parseSiteMessage(body);
  const { source } = message;
  switch (message.kind) {
    case 'poll':
      return { what: `poll of ${source}${message.page === undefined ? '' : ', behind a page'}`, objects: [] };
    case 'crawl': {
      const { trigger, step, jobId } = message;
      const part = step === undefined ? '' : `, step "${step.phase}"`;
      return { what: `crawl of ${source}, ${trigger}${part}${ofJob(jobId)}`, objects: [] };
    }
    case 'walk':
      return { what: `look into the folder ${message.folder} of ${source}`, objects: [] };
  }
}

function explainDocuments(body: string): Explanation {
  const message = parseDocumentMessage(body);
  const { source } = message;
  if (message.kind === 'large-version') {
    const { documentId, versionId } = message;
    return {
      what: `large version ${versionId} of the document ${documentId} of ${source}`,
      objects: [{ source, key: entryKey({ kind: 'document', id: documentId }) }],
    };
  }
  const { items, jobId } = message;
  return {
    what: `capture of ${counted(items.length, 'document, folder or user', 'documents, folders and users')} of ${source}${ofJob(jobId)}`,
    objects: items.slice(0, MAX_OBJECTS).map((item) => ({ source, key: entryKey(item) })),
  };
}

function explainImport(body: string): Explanation {
  const message = parseImportMessage(body);
  if (message.kind === 'import') {
    const { source, jobId } = message;
    return { what: `import of ${visibleKey(message.export)} into ${source}${ofJob(jobId)}`, objects: [] };
  }
  return { what: `${importStep(message)}${ofJob(message.jobId)}`, objects: [] };
}

function importStep(step: ImportStep): string {
  switch (step.kind) {
    case 'list':
      return 'listing of an export';
    case 'total':
      return 'count of what an import came to';
    case 'scan':
      return `directory of ${visibleKey(step.zip.key)}, from entry ${step.at?.index ?? 0} on`;
    case 'entries':
      return `import of ${counted(step.count, 'entry', 'entries')} of ${visibleKey(step.zip.key)}, from ${step.at.index} on`;
    case 'table':
      return `comments or permissions of ${visibleKey(step.zip.key)}, from row ${step.row} on`;
  }
}
