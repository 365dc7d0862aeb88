import { ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { expect } from './checks.ts';
import { told } from './compare.ts';
import type { SmokeWorld } from './world.ts';

/** What would take copies away, or make the vault take them away. */
const OF_THE_VAULT = [
  's3:DeleteBucket',
  's3:DeleteBucketPolicy',
  's3:PutBucketPolicy',
  's3:PutBucketVersioning',
  's3:PutLifecycleConfiguration',
  's3:PutBucketObjectLockConfiguration',
];
const OF_ITS_OBJECTS = [
  's3:DeleteObjectVersion',
  's3:DeleteObjectVersionTagging',
  's3:PutObjectRetention',
  's3:PutObjectLegalHold',
  's3:BypassGovernanceRetention',
];

/** Asks IAM what each role of the stack may do to the vault; that one of them may write shows that IAM was asked rightly. */
export async function rolesCannotDestroy(world: SmokeWorld): Promise<string> {
  const { account, outputs } = world;
  const vault = `arn:${account.partition}:s3:::${outputs['VaultBucket']}`;
  const roles = await rolesOf(world);
  const granted: string[] = [];
  let writers = 0;
  for (const role of roles) {
    granted.push(...(await allowed(world, role, OF_THE_VAULT, vault)));
    granted.push(...(await allowed(world, role, OF_ITS_OBJECTS, `${vault}/s3/any/key`)));
    writers += (await allowed(world, role, ['s3:PutObject'], `${vault}/s3/any/key`)).length;
  }
  expect(granted.length === 0, () => told(granted));
  expect(writers > 0, 'IAM says that no role may write to the vault either: its answers prove nothing');
  return `${roles.length} roles, ${writers} of them may write`;
}

/** Those of the stack, and of the stacks within it. */
async function rolesOf({ clients, stack }: Pick<SmokeWorld, 'clients' | 'stack'>): Promise<string[]> {
  const roles: string[] = [];
  for (let NextToken: string | undefined; ; ) {
    const page = await clients.cloudFormation.send(
      new ListStackResourcesCommand({ StackName: stack, NextToken }),
    );
    for (const { ResourceType, PhysicalResourceId = '' } of page.StackResourceSummaries ?? [])
      if (ResourceType === 'AWS::IAM::Role') roles.push(PhysicalResourceId);
      else if (ResourceType === 'AWS::CloudFormation::Stack')
        roles.push(...(await rolesOf({ clients, stack: PhysicalResourceId })));
    NextToken = page.NextToken;
    if (NextToken === undefined) return roles;
  }
}

async function allowed(
  { clients, account }: SmokeWorld,
  role: string,
  ActionNames: readonly string[],
  resource: string,
): Promise<string[]> {
  const { EvaluationResults = [] } = await clients.iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: `arn:${account.partition}:iam::${account.id}:role/${role}`,
      ActionNames: [...ActionNames],
      ResourceArns: [resource],
    }),
  );
  return EvaluationResults.filter(({ EvalDecision }) => EvalDecision === 'allowed').map(
    ({ EvalActionName }) => `${role} may ${EvalActionName}`,
  );
}
