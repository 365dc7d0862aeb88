import { workDocsAddress } from '@holdfast/core/kinds/workdocs/address.ts';
import { workDocsHistory } from '@holdfast/core/kinds/workdocs/history.ts';
import type { Kind } from '../kind.ts';
import { workDocsNouns } from './nouns.ts';
import { workDocsProtection } from './protect-site.ts';
import { workDocsStanding } from './standing.ts';
import { workDocsWork } from './work.ts';

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
