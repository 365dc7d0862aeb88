import { setTimeout as pause } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { dynamoClient, eventBridgeClient, s3Client, sqsClient } from '@holdfast/core/aws/clients.ts';
import { holdfastJson } from '../demo/holdfast.ts';
import { readStack, type Stack } from '../lib/stack.ts';
import type { Account } from './account.ts';
import { Unmet } from './checks.ts';
import type { Plant } from './plants.ts';
import type { SampleObject } from './sample.ts';

/** What the phases share. */
export type SmokeWorld = {
  readonly account: Account;
  readonly stack: string;
  /** Names that nothing else has: a part of each is this run's own. */
  readonly buckets: {
    readonly source: string;
    readonly target: string;
    readonly scratch: string;
    readonly artifacts: string;
  };
  /** A role of this account that may send to every queue as far as its own policy goes. */
  readonly strangerRole: string;
  /** A folder of this run's own. */
  readonly folder: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly plants: ReadonlySet<Plant>;
  readonly env: NodeJS.ProcessEnv;
  readonly clients: Clients;
  /** The core stack's outputs, once it is deployed. */
  outputs: Readonly<Record<string, string>>;
  /** What the source held at `moment`, by key. */
  readonly before: Map<string, SampleObject>;
  /** What it holds now. */
  readonly now: Map<string, SampleObject>;
  /** Between the first state and the changes; ISO 8601. */
  moment: string;
};

export type Clients = {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBClient;
  readonly eventBridge: EventBridgeClient;
  readonly cloudFormation: CloudFormationClient;
  readonly iam: IAMClient;
};

export function makeClients(): Clients {
  return {
    s3: s3Client({ concurrency: 16, account: undefined }),
    sqs: sqsClient(),
    dynamo: dynamoClient(),
    eventBridge: eventBridgeClient(),
    cloudFormation: new CloudFormationClient({}),
    iam: new IAMClient({}),
  };
}

/** Runs a command of the CLI for the smoke test's stack. @returns its JSON @throws {Unmet} for another exit code */
export async function cli(
  { env, stack }: SmokeWorld,
  args: readonly string[],
  expected: readonly number[] = [0],
): Promise<unknown> {
  const { code, output, stderr } = await holdfastJson([...args, '--stack', stack], env);
  if (expected.includes(code)) return output;
  const said = [stderr, typeof output === 'string' ? output : JSON.stringify(output)].join(' ').trim();
  throw new Unmet(`"holdfast ${args.join(' ')}" ended with exit code ${code}: ${said.slice(0, 1500)}`);
}

/** The state and outputs of a stack, or nothing where there is none, or none any more. */
export async function describeStack(name: string, { cloudFormation }: Clients): Promise<Stack | undefined> {
  const stack = await readStack(name, cloudFormation);
  return stack?.status === 'DELETE_COMPLETE' ? undefined : stack;
}

/** Looks until something is there. @throws {Unmet} when it is not in that time */
export async function within<T>(
  seconds: number,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const until = performance.now() + seconds * 1000;
  for (let wait = 200; ; wait = Math.min(5_000, wait * 1.5)) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Unmet(`not within ${seconds} s: ${what}`);
    await pause(wait);
  }
}

/** The vault's times have whole seconds: a moment that divides before from after lies between two of them. */
export async function quietSecond(): Promise<void> {
  await pause(2_100);
}
