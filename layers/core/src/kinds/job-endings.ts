import type { JobEndings } from '../jobs/cancel-job.ts';
import { endImport } from './workdocs/import/end-import.ts';

/** How jobs end that are no others' business: an import tells its site's row. */
export const JOB_ENDINGS: JobEndings = { import: endImport };
