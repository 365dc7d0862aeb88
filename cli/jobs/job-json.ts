import { requestOf } from '@holdfast/core/flows/restore/request-of.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import type { CoreStack } from '../core-stack.ts';
import type { JobJson } from '../json/job.ts';
import { moment } from '../json/moment.ts';

/** A job as `--json` gives it. */
export function jobJson(job: Job, { outputs }: CoreStack): JobJson {
  return {
    id: job.id,
    kind: job.kind,
    source: job.source,
    state: job.state,
    trigger: job.trigger,
    startedAt: moment(job.startedAt),
    finishedAt: moment(job.finishedAt),
    counts: job.counts,
    left: { ranges: Math.max(0, job.openRanges), batches: Math.max(0, job.batchesQueued - job.batchesDone) },
    message: job.message ?? null,
    report: job.report === undefined ? null : `s3://${outputs.VaultBucket}/${job.report}`,
    request: requestJson(job),
  };
}

/** The request in the words of the message that made it; one that was refused as it came. */
function requestJson(job: Job): unknown {
  if (job.request === undefined || job.state === 'failed') return job.request ?? null;
  const { bucket, prefix, at, target, include, exclude, overwrite } = requestOf(job);
  return {
    source: `s3://${bucket}`,
    prefix,
    at: formatMoment(at),
    target: `s3://${target.bucket}${target.prefix === '' ? '' : `/${target.prefix}`}`,
    include,
    exclude,
    overwrite,
  };
}
