import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { StandardRetryStrategy } from '@smithy/core/retry';
import { ByteSignature } from './byte-signature.ts';
import { expectOwner } from './expect-owner.ts';
import { eachHeader, headerOfText, textOfHeader } from './header-bytes.ts';
import { isOwnMachine } from './own-machine.ts';
import { isHttpRequest } from './s3-requests.ts';

export type ClientOptions = {
  /** How many requests run side by side: there are as many sockets. */
  readonly concurrency?: number;
  readonly region?: string;
  /** In place of AWS's own; `AWS_ENDPOINT_URL` unless given. */
  readonly endpoint?: string;
  /** In place of the usual ones. */
  readonly limits?: Partial<Limits>;
};

/** How long to wait, and how often to try. */
export type Limits = {
  readonly attempts: number;
  readonly connectMs: number;
  /** For the whole request until its answer begins; absent when it may rightly take long. */
  readonly requestMs?: number;
  /** Without a byte from the other side. */
  readonly idleMs: number;
};

const CONCURRENCY = 50;

// A server-side copy of 5 GiB takes minutes, in which S3 sends a space now and then: only silence is limited. All other
// requests are sent with QUICK.
const S3_LIMITS: Limits = { attempts: 5, connectMs: 3_000, idleMs: 60_000 };
const TABLE_LIMITS: Limits = { attempts: 6, connectMs: 2_000, requestMs: 10_000, idleMs: 5_000 };
export const CONTROL_LIMITS: Limits = { attempts: 5, connectMs: 3_000, requestMs: 15_000, idleMs: 10_000 };

export type S3ClientOptions = ClientOptions & {
  /** The account that every bucket has to belong to, unless a request names another; undefined for whoever's. */
  readonly account: string | undefined;
};

export function s3Client(options: S3ClientOptions): S3Client {
  const endpoint = options.endpoint ?? process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'];
  const client = new S3Client({
    ...settings(options, S3_LIMITS),
    forcePathStyle: endpoint !== undefined && isEmulator(endpoint),
    followRegionRedirects: false,
    // What is read is compared with the catalog's checksums, not with what the same answer brings.
    responseChecksumValidation: 'WHEN_REQUIRED',
    signerConstructor: ByteSignature,
  });
  sendHeadersAsBytes(client);
  if (options.account !== undefined) expectOwner(client, options.account);
  return client;
}

export function dynamoClient(options: ClientOptions = {}): DynamoDBClient {
  return new DynamoDBClient(settings(options, TABLE_LIMITS));
}

export function sqsClient(options: ClientOptions = {}): SQSClient {
  // An endpoint that was configured counts for queues too, whatever host their URLs name.
  return new SQSClient({ ...settings(options, CONTROL_LIMITS), useQueueUrlAsEndpoint: false });
}

export function snsClient(options: ClientOptions = {}): SNSClient {
  return new SNSClient(settings(options, CONTROL_LIMITS));
}

export function eventBridgeClient(options: ClientOptions = {}): EventBridgeClient {
  return new EventBridgeClient(settings(options, CONTROL_LIMITS));
}

/** What all clients have in common. */
export function settings(
  { concurrency = CONCURRENCY, region, endpoint, limits: own }: ClientOptions,
  usual: Limits,
) {
  const limits = { ...usual, ...own };
  const agent = { maxSockets: concurrency };
  return {
    maxAttempts: limits.attempts,
    retryStrategy: new RetryByRequest(limits.attempts),
    requestHandler: {
      connectionTimeout: limits.connectMs,
      socketTimeout: limits.idleMs,
      // Without the second, the SDK only warns of the first.
      ...(limits.requestMs === undefined ? {} : { requestTimeout: limits.requestMs }),
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

/** An emulator's address: `bucket.127.0.0.1` leads nowhere, so the bucket has to go into the path. */
function isEmulator(endpoint: string): boolean {
  return new URL(endpoint).protocol === 'http:' || isOwnMachine(endpoint);
}

/**
 * Lets a client hold headers as text, and send and receive their bytes: Node takes and gives a character for each byte.
 * Below the signature, which the SDK makes over the text, and within its retries, each of which signs anew.
 */
function sendHeadersAsBytes(client: Pick<S3Client, 'middlewareStack'>): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { request } = args;
      const sent = isHttpRequest(request) && {
        ...request,
        headers: eachHeader(request.headers, headerOfText),
      };
      const answer = await next({ ...args, request: sent || request });
      const { response } = answer;
      if (isHttpRequest(response)) response.headers = eachHeader(response.headers, textOfHeader);
      return answer;
    },
    // Low in its step: next to the wire.
    { step: 'deserialize', priority: 'low', name: 'sendHeadersAsBytes' },
  );
}

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
class RetryByRequest implements Strategy {
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
