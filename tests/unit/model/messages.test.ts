import { parseBacklogMessage, parseReconcileMessage } from '@holdfast/core/kinds/s3/model/bucket-messages.ts';
import { parseImportMessage } from '@holdfast/core/kinds/workdocs/import/import-messages.ts';
import { parseDocumentMessage, parseSiteMessage } from '@holdfast/core/kinds/workdocs/model/site-messages.ts';
import * as messages from '@holdfast/core/model/messages.ts';
import { expect, it } from 'vitest';

it.each([
  ['a backlog', parseBacklogMessage],
  ['a reconcile', parseReconcileMessage],
  ['a plan', messages.parsePlanStep],
  ['a restore', messages.parseRestoreWork],
  ['a report', messages.parseReportMessage],
  ['a site', parseSiteMessage],
  ['a document', parseDocumentMessage],
  ['an import', parseImportMessage],
])('a body of another shape is called not %s message', (what, parse) => {
  expect(() => parse('{}')).toThrow(new RegExp(`^not ${what} message: `));
});
