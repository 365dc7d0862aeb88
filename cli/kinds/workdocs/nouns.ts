import type { Nouns } from '@holdfast/core/source/nouns.ts';

/** How people speak of WorkDocs sites. */
export const workDocsNouns: Nouns = {
  item: 'document',
  itemForm: 'workdocs://site/user/folder/name',
  nothingOf: (uri) => `no document ${uri}`,
  noVersionOf: (uri) => `no document ${uri}, nor one that was deleted there`,
};
