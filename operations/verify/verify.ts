import { checksums } from '@holdfast/core/aws/checksums.ts';
import {
  type Verification,
  type VerifyOptions,
  type VerifyRequest,
  verifyVault,
} from '@holdfast/core/verify/verify-vault.ts';
import type { Connection } from '../connection.ts';
import type { Kinds } from '../kind.ts';
import { checkNotBefore } from '../objects/check-not-before.ts';
import { checkThere } from '../objects/check-there.ts';

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
