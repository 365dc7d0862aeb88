import { describeSourceKind } from './suites/source-kind.ts';
import { GIVEN_BUCKET } from './support/given-bucket.ts';
import { GIVEN_JOURNAL } from './support/given-journal.ts';
import { GIVEN_SITE } from './support/given-site.ts';

describeSourceKind('buckets', GIVEN_BUCKET);
describeSourceKind('WorkDocs sites', GIVEN_SITE);
describeSourceKind('journals', GIVEN_JOURNAL);
