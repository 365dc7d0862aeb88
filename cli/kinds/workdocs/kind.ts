import { workDocsAddress } from '@holdfast/core/kinds/workdocs/address.ts';
import { workDocsHistory } from '@holdfast/core/kinds/workdocs/history.ts';
import type { Nouns } from '@holdfast/core/source/nouns.ts';
import type { Kind } from '../kind.ts';
import { workDocsProtection } from './protect-site.ts';
import { workDocsStanding } from './standing.ts';
import { workDocsWork } from './work.ts';

/** How people speak of WorkDocs sites. */
const workDocsNouns: Nouns = {
  one: 'a WorkDocs site',
  wholeForm: 'workdocs://d-1234567890',
  protectForm: 'workdocs://d-1234567890[/user[/folder]]',
  partForms: ['workdocs://site', 'workdocs://site/user/folder'],
  itemForm: 'workdocs://site/user/folder/name',
  nothingOf: (uri) => `no document ${uri}`,
  noVersionOf: (uri) => `no document ${uri}, nor one that was deleted there`,
  // It has no policies, and another crawl is what tries again.
  reasons: {
    'access-denied':
      'access denied at the site: check the rights of the role that reads it, then holdfast reconcile',
    failed: 'capture failed after its retries: see the detail, then holdfast reconcile',
  },
  noTags: 'documents have no tags',
};

export const WORKDOCS: Kind = {
  address: workDocsAddress,
  history: workDocsHistory,
  nouns: workDocsNouns,
  work: workDocsWork,
  standing: workDocsStanding,
  protection: workDocsProtection,
  restoreTarget: {
    form: 'workdocs://site',
    load: async () => (await import('./restore-to-site.ts')).restoreToSite,
  },
};
