import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** How many functions an account may run at the same time in a region. */
export type LambdaQuota = {
  /** The quota itself: 1,000, or as little as 10 in a new account. */
  readonly concurrent: number;
  /** What no function has reserved of it. */
  readonly unreserved: number;
};

/** What the stack runs at the same time at most, by its parameter FunctionConcurrency: the sum over all its queues. */
export const FUNCTIONS_AT_ONCE = { SHARED: 68, RESERVED: 68, SMALL: 22 } as const;
export type FunctionConcurrency = keyof typeof FUNCTIONS_AT_ONCE;

/** What a quota means for a deployment: nothing, something to know, or that it would fail. */
export type QuotaVerdict = { readonly kind: 'enough' | 'small' | 'impossible'; readonly text: string };

/** Lambda leaves that much to functions without a reservation. Source: Lambda developer guide, "Reserving concurrency". */
const LEFT_UNRESERVED = 100;
const MORE = 'ask for more, at no cost: Service Quotas, AWS Lambda, "Concurrent executions" (L-B99A9384)';

/** @returns undefined when the caller may not ask, or what answers does not know the request */
export async function readLambdaQuota(client: LambdaClient): Promise<LambdaQuota | undefined> {
  const { AccountLimit } = await client
    .send(new GetAccountSettingsCommand({}))
    .catch(() => ({ AccountLimit: undefined }));
  const { ConcurrentExecutions: concurrent, UnreservedConcurrentExecutions: unreserved } = AccountLimit ?? {};
  return concurrent === undefined ? undefined : { concurrent, unreserved: unreserved ?? concurrent };
}

/**
 * Whether the functions of a stack find room. What Lambda throttles counts as received all the same, and a message that is
 * received eight times is given up: see docs/adr/0028.
 *
 * @param reservedNow what this very stack has reserved already
 */
export function judgeQuota(
  quota: LambdaQuota | undefined,
  wanted: FunctionConcurrency,
  reservedNow = 0,
): QuotaVerdict {
  const need = FUNCTIONS_AT_ONCE[wanted];
  if (quota === undefined)
    return {
      kind: 'small',
      text:
        `how many functions this account may run at the same time cannot be read (lambda:GetAccountSettings); the stack runs up ` +
        `to ${need} (FunctionConcurrency=${wanted}), and new accounts may have a quota of 10`,
    };
  const free = quota.unreserved + reservedNow;
  if (wanted === 'RESERVED') return judgeReservation(free, need);
  if (free >= need)
    return {
      kind: 'enough',
      text: `this account may run ${free} functions at the same time; the stack runs up to ${need} (FunctionConcurrency=${wanted})`,
    };
  const smaller =
    wanted === 'SHARED'
      ? `deploy with --parameter-overrides FunctionConcurrency=SMALL (up to ${FUNCTIONS_AT_ONCE.SMALL}), and `
      : '';
  return {
    kind: 'small',
    text:
      `this account may run ${free} functions at the same time, and the stack would run up to ${need} ` +
      `(FunctionConcurrency=${wanted}): Lambda throttles the rest, backups and restores get slower, and a message that finds no ` +
      `free function for eight spans (96 minutes for events, 4 hours for the rest) is given up as a dead letter. ${capital(`${smaller}${MORE}`)}`,
  };
}

function judgeReservation(free: number, need: number): QuotaVerdict {
  if (free >= need + LEFT_UNRESERVED)
    return {
      kind: 'enough',
      text: `${need} of ${free} functions at the same time are reserved for the stack`,
    };
  return {
    kind: 'impossible',
    text:
      `FunctionConcurrency=RESERVED reserves ${need} functions at the same time, and Lambda wants ${LEFT_UNRESERVED} left for ` +
      `others: of the ${free} that are free here it refuses that. Deploy with SHARED or SMALL, or ${MORE}`,
  };
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
