import type { Telemetry } from '../ports/telemetry.ts';
import { statusOf } from './s3-errors.ts';

const NAMES: ReadonlySet<string> = new Set([
  'SlowDown',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
]);

type Attempt = (args: never) => Promise<unknown>;

/** The part of every SDK client that all have in common. */
type Client = {
  readonly middlewareStack: {
    add(
      middleware: (next: Attempt) => Attempt,
      options: { step: 'finalizeRequest'; priority: 'low'; name: string; override: true },
    ): void;
  };
};

/** Counts each attempt of a client that AWS refused for coming too fast: its retries hide them from everybody else. */
export function countThrottles(client: object, telemetry: Telemetry): void {
  const { middlewareStack } = client as Client;
  middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (isThrottling(error)) telemetry.metric('Throttles', 1);
        throw error;
      }
    },
    // Low: within the SDK's own retries, which stand high in the same step.
    { step: 'finalizeRequest', priority: 'low', name: 'countThrottles', override: true },
  );
}

function isThrottling(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = statusOf(error);
  return NAMES.has(error.name) || status === 429 || status === 503;
}
