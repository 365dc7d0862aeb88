import type { Nouns } from '@holdfast/core/source/nouns.ts';

/** How people speak of WorkDocs sites. */
export const workDocsNouns: Nouns = {
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
