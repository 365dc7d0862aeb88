import { workDocsAddress } from '@holdfast/core/kinds/workdocs/address.ts';
import { workDocsHistory } from '@holdfast/core/kinds/workdocs/history.ts';
import type { CliKind } from '../../kind.ts';
import { workDocsNouns } from './nouns.ts';

export const WORKDOCS: CliKind = {
  address: workDocsAddress,
  history: workDocsHistory,
  nouns: workDocsNouns,
};
