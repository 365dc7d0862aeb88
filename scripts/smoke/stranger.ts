import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type SmokeWorld, within } from './world.ts';

const POLICY = 'send-to-queues';

/** A role of this account that this run's caller may assume, and whose own policy lets it send to every queue. */
export async function makeStranger({ clients, strangerRole, account, stack }: SmokeWorld): Promise<void> {
  const { partition, id } = account;
  await clients.iam.send(
    new CreateRoleCommand({
      RoleName: strangerRole,
      Description: `Made by the smoke test of ${stack}, which deletes it`,
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${id}:root` },
        Action: 'sts:AssumeRole',
      }),
    }),
  );
  await clients.iam.send(
    new PutRolePolicyCommand({
      RoleName: strangerRole,
      PolicyName: POLICY,
      PolicyDocument: policy({
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Resource: `arn:${partition}:sqs:*:${id}:${stack}-*`,
      }),
    }),
  );
}

/** Its credentials. A role that was just made takes some seconds until it can be assumed. */
export async function asStranger({ strangerRole, account: { partition, id } }: SmokeWorld) {
  const sts = new STSClient({});
  const request = new AssumeRoleCommand({
    RoleArn: `arn:${partition}:iam::${id}:role/${strangerRole}`,
    RoleSessionName: 'holdfast-smoke',
  });
  const { Credentials } = await within(60, `${strangerRole} can be assumed`, () =>
    sts.send(request).catch(() => undefined),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** @returns false when there was none */
export async function removeStranger({ clients, strangerRole }: SmokeWorld): Promise<boolean> {
  try {
    await clients.iam
      .send(new DeleteRolePolicyCommand({ RoleName: strangerRole, PolicyName: POLICY }))
      .catch(unlessMissing);
    await clients.iam.send(new DeleteRoleCommand({ RoleName: strangerRole }));
    return true;
  } catch (error) {
    return unlessMissing(error);
  }
}

function unlessMissing(error: unknown): false {
  if (error instanceof Error && /NoSuchEntity/.test(error.name)) return false;
  throw error;
}

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
