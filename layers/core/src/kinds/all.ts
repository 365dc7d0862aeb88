import { SourceKinds } from '../source/source-kind.ts';
import { s3Address } from './s3/address.ts';
import { s3History } from './s3/history.ts';
import { workDocsAddress } from './workdocs/address.ts';
import { workDocsHistory } from './workdocs/history.ts';

/**
 * Every kind of source with all that it is read back by. The command line has a list of its own, with words and more; a function
 * imports the one kind it is for.
 */
export const KINDS = new SourceKinds([
  { address: s3Address, history: s3History },
  { address: workDocsAddress, history: workDocsHistory },
]);
