import type { FinishedJob } from '../jobs/record-finished-job.ts';
import { defined } from '../model/defined.ts';
import type { Problem } from '../model/job.ts';
import type { Verification, VerifyRequest } from './verify-vault.ts';

/** A verification as a job to be recorded, with what was wrong and what could not be proven. */
export function verifiedJob(
  id: string,
  { sample }: Pick<VerifyRequest, 'sample'>,
  result: Verification,
): { readonly job: FinishedJob; readonly problems: Problem[] } {
  const { source, prefix, at, seed, startedAt, finishedAt, state, counts, provenBelow } = result;
  const job: FinishedJob = {
    ...{ id, kind: 'verify', source, state, trigger: 'command', startedAt, finishedAt, counts },
    request: { prefix, sample, seed, ...defined({ at, provenBelow }) },
  };
  const problems = [...result.problems, ...result.unproven].map(({ key, reason, detail }) => ({
    key,
    reason,
    ...defined({ detail }),
  }));
  return { job, problems };
}
