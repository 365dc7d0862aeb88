import { tableOf } from '@holdfast/core/model/named-values.ts';
import type { ErrorKind } from './error-kinds.ts';

type Known = { readonly message: string; readonly kind: ErrorKind };
type Rule = (error: Error) => Known | undefined;

/**
 * Explains what AWS or the way to it refused, wherever in the chain of causes it stands.
 *
 * @returns undefined when it is something else
 */
export function describeAwsError(error: unknown): Known | undefined {
  for (const link of chainOf(error)) {
    for (const rule of RULES) {
      const known = rule(link);
      if (known !== undefined) return known;
    }
  }
  return undefined;
}

/** The error, what caused it, and what it is made of: Node tries several addresses and throws them as one. */
function* chainOf(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return;
  yield error;
  if (error instanceof AggregateError) for (const part of error.errors) yield* chainOf(part);
  yield* chainOf(error.cause);
}

const RULES: readonly Rule[] = [missingRegion, missingCredentials, badCredentials, noWay, denied];

function missingRegion({ message }: Error): Known | undefined {
  if (!/^Region is missing/.test(message)) return undefined;
  return {
    message: `no AWS region${inProfile()}: give --region, set AWS_REGION, or put one into ~/.aws/config`,
    kind: 'region',
  };
}

function missingCredentials({ name, message }: Error): Known | undefined {
  if (name !== 'CredentialsProviderError' && name !== 'TokenProviderError') return undefined;
  const sso = /SSO|token/i.test(message) ? ` (${message})` : '';
  return {
    message:
      `no AWS credentials${inProfile()}${sso}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with ` +
      '--profile, or log in (aws sso login)',
    kind: 'credentials',
  };
}

/** --profile has set it too. */
function inProfile(): string {
  const profile = process.env['AWS_PROFILE'];
  return profile === undefined ? '' : ` in the profile "${profile}"`;
}

const REFUSED_CREDENTIALS: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

function badCredentials({ name, message }: Error): Known | undefined {
  if (!REFUSED_CREDENTIALS.has(name)) return undefined;
  return {
    message: `AWS does not accept the credentials (${name}: ${message}): renew them`,
    kind: 'credentials',
  };
}

const NETWORK = tableOf({
  ECONNREFUSED: 'nothing answers',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'no way there',
  ENETUNREACH: 'no way there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'no answer in time',
  TimeoutError: 'no answer in time',
});

function noWay(error: Error): Known | undefined {
  const words = NETWORK.get(codeOf(error)) ?? NETWORK.get(error.name);
  if (words === undefined) return undefined;
  return {
    message:
      `${words} at ${addressOf(error)}: check the network, and AWS_ENDPOINT_URL or --endpoint-url ` +
      '(the local cloud is started with: npm run cloud:up)',
    kind: 'connection',
  };
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function addressOf(error: Error): string {
  if ('port' in error && 'address' in error) return `${error.address}:${error.port}`;
  return 'hostname' in error ? String(error.hostname) : 'the AWS endpoint';
}

function denied({ name, message }: Error): Known | undefined {
  if (!/^AccessDenied|^UnauthorizedOperation|^AuthorizationError/.test(name)) return undefined;
  return { message: `access denied: ${message}`, kind: 'access-denied' };
}
