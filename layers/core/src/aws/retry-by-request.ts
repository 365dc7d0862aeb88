import { StandardRetryStrategy } from '@smithy/core/retry';

type Strategy = Pick<
  StandardRetryStrategy,
  'mode' | 'acquireInitialRetryToken' | 'refreshRetryTokenForRetry' | 'recordSuccess'
>;
type Token = Awaited<ReturnType<Strategy['acquireInitialRetryToken']>>;

/**
 * The SDK's own retries, with a quota for each request. The SDK gives one to a whole client, of about 35 retries that
 * only successes refill: one batch at a bad moment empties it, and from then on every request has a single attempt.
 * Holdfast's requests are bounded by its concurrency, and what they come to by its queues.
 */
export class RetryByRequest implements Strategy {
  readonly mode = 'standard';
  readonly #attempts: number;
  readonly #strategies = new WeakMap<Token, StandardRetryStrategy>();

  constructor(attempts: number) {
    this.#attempts = attempts;
  }

  async acquireInitialRetryToken(scope: string): Promise<Token> {
    const strategy = new StandardRetryStrategy(this.#attempts);
    return this.#remember(await strategy.acquireInitialRetryToken(scope), strategy);
  }

  async refreshRetryTokenForRetry(
    token: Token,
    error: Parameters<Strategy['refreshRetryTokenForRetry']>[1],
  ): Promise<Token> {
    const strategy = this.#strategies.get(token) ?? new StandardRetryStrategy(this.#attempts);
    return this.#remember(await strategy.refreshRetryTokenForRetry(token, error), strategy);
  }

  /** There is nothing to refill: a quota ends with its request. */
  recordSuccess(): void {}

  #remember(token: Token, strategy: StandardRetryStrategy): Token {
    this.#strategies.set(token, strategy);
    return token;
  }
}
