import { AssumeRoleCommand, type Credentials, type STSClient } from '@aws-sdk/client-sts';
import { defined } from '../../../model/defined.ts';
import { messageOf } from '../../../model/errors.ts';
import { SiteError } from '../site-error.ts';

/** How long an assumed role is good for, in seconds; the SDK asks for a new session some minutes before. */
const SESSION_SECONDS = 3_600;

type RoleRequest = {
  readonly roleArn: string;
  /** Names the session in CloudTrail: 2 to 64 letters, digits and _=,.@- */
  readonly sessionName: string;
};
type Session = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
};

/**
 * Credentials of a role.
 *
 * @throws {SiteError} `access-denied` when STS refuses, `unavailable` when it cannot be asked
 */
export async function assumeRole({ roleArn, sessionName }: RoleRequest, client: STSClient): Promise<Session> {
  const input = { RoleArn: roleArn, RoleSessionName: sessionName, DurationSeconds: SESSION_SECONDS };
  const answer = await client.send(new AssumeRoleCommand(input)).catch((error: unknown) => {
    throw refusal(roleArn, error);
  });
  return sessionOf(answer.Credentials);
}

function sessionOf({
  AccessKeyId = '',
  SecretAccessKey = '',
  SessionToken,
  Expiration,
}: Partial<Credentials> = {}) {
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...defined({ sessionToken: SessionToken, expiration: Expiration }),
  };
}

function refusal(roleArn: string, error: unknown): SiteError {
  const name = error instanceof Error ? error.name : '';
  // What STS answered with a client's fault is final; all else may pass.
  const isRefused =
    error instanceof Error && Reflect.get(error, '$fault') === 'client' && name !== 'Throttling';
  const words = `the role ${roleArn} cannot be assumed: ${name === '' ? '' : `${name}: `}${messageOf(error)}`;
  return new SiteError(isRefused ? 'access-denied' : 'unavailable', words);
}
