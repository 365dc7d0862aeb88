import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import { reportPageKey } from '@holdfast/core/model/report.ts';
import { requestIn } from '@holdfast/core/restore/request-of.ts';
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
    askedBy: askedByJson(job),
    continues: job.continues ?? null,
    startedAt: moment(job.startedAt),
    finishedAt: moment(job.finishedAt),
    counts: job.counts,
    left: { ranges: Math.max(0, job.openRanges), batches: Math.max(0, job.batchesQueued - job.batchesDone) },
    message: job.message ?? null,
    report: place(job.report, outputs),
    page: place(job.report && reportPageKey(job.report), outputs),
    request: requestJson(job),
  };
}

function askedByJson({ askedBy }: Job): JobJson['askedBy'] {
  const { sender = null, name = null } = askedBy ?? {};
  return sender === null && name === null ? null : { sender, name };
}

function place(key: string | undefined, { VaultBucket }: CoreStack['outputs']): string | null {
  return key === undefined ? null : `s3://${VaultBucket}/${key}`;
}

/** The request in the words of the message that made it; one of another shape as it is. */
function requestJson(job: Job): unknown {
  const request = requestIn(job);
  if (request === undefined) return job.request ?? null;
  const { source, at, changedSince, target, ...same } = request;
  return {
    source,
    at: formatMoment(at),
    ...(changedSince === undefined ? {} : { changedSince: formatMoment(changedSince) }),
    target: `${sourceUri(target.bucket)}${target.prefix === '' ? '' : `/${target.prefix}`}`,
    ...same,
  };
}
