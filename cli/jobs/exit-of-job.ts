import type { Job } from '@holdfast/core/model/job.ts';
import type { JobResult } from '../../operations/json/job.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXIT_BY_STATE: Readonly<Record<Job['state'], ExitCode>> = {
  running: EXIT.done,
  done: EXIT.done,
  partial: EXIT.partial,
  failed: EXIT.failed,
  cancelled: EXIT.partial,
};

/** The exit code that tells how a job ended, and the large copies that were waited for. */
export function exitOf({ job, largeCopies }: Pick<JobResult, 'job' | 'largeCopies'>): ExitCode {
  const exit = EXIT_BY_STATE[job.state];
  const isLacking = largeCopies !== null && largeCopies.failed + largeCopies.left > 0;
  return exit === EXIT.done && isLacking ? EXIT.partial : exit;
}
