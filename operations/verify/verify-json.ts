import type { Finding } from '@holdfast/core/verify/findings.ts';
import type { Verification } from '@holdfast/core/verify/verify-vault.ts';
import { skewSeconds } from '../clock-skew.ts';
import { moment } from '../json/moment.ts';
import type { VerifyJson } from '../json/verify.ts';
import type { ServiceClock } from '../service-clock.ts';

/** A verification as `--json` gives it. */
export function verifyJson(result: Verification, clock: Pick<ServiceClock, 'skewMs'>): VerifyJson {
  const { at, startedAt, finishedAt, provenBelow, problems, unproven, ...rest } = result;
  return {
    ...rest,
    counts: { ...rest.counts },
    at: moment(at),
    startedAt: moment(startedAt),
    finishedAt: moment(finishedAt),
    provenBelow: provenBelow ?? null,
    problems: problems.map(findingJson),
    unproven: unproven.map(findingJson),
    clockSkewSeconds: skewSeconds(clock),
  };
}

function findingJson({ key, reason, versionId, detail, expected, found }: Finding) {
  return {
    key,
    reason,
    versionId,
    detail: detail ?? null,
    expected: expected ?? null,
    found: found ?? null,
  };
}
