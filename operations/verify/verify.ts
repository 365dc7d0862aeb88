import { checksums } from '@holdfast/core/aws/checksums.ts';
import type { Finding } from '@holdfast/core/verify/findings.ts';
import {
  type Verification,
  type VerifyOptions,
  type VerifyRequest,
  verifyVault,
} from '@holdfast/core/verify/verify-vault.ts';
import { skewSeconds } from '../clock-skew.ts';
import type { Connection } from '../connection.ts';
import { moment } from '../json/moment.ts';
import type { VerifyJson } from '../json/verify.ts';
import type { Kinds } from '../kind.ts';
import { checkNotBefore } from '../objects/check-not-before.ts';
import { checkThere } from '../objects/check-there.ts';
import type { ServiceClock } from '../service-clock.ts';

const AT_ONCE = 8;

/**
 * Reads versions of a source, and compares them with what was recorded: `verify`. Takes as long as that takes; `verifyJson` is
 * the answer.
 *
 * @throws {InvalidInputError} where the vault has, or had, nothing of what is asked for
 */
export async function verify(
  request: VerifyRequest,
  hears: Omit<VerifyOptions, 'checksums' | 'atOnce'>,
  connection: Pick<Connection, 'world' | 'stack'>,
  known: Kinds,
): Promise<Verification> {
  const { history } = known.kinds.of(request.source);
  const result = await verifyVault(
    request,
    { ...hears, checksums, atOnce: AT_ONCE },
    history,
    connection.world,
  );
  if (result.counts['versions'] !== 0 || result.state !== 'done') return result;
  if (request.at !== undefined) await checkNotBefore(request.at, request, connection, known);
  await checkThere(request, connection, known);
  return result;
}

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
