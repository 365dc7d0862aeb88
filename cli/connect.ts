import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  GetCallerIdentityCommand,
  type GetCallerIdentityCommandOutput,
  STSClient,
} from '@aws-sdk/client-sts';
import {
  type ClientOptions,
  dynamoClient,
  eventBridgeClient,
  s3Client,
  sqsClient,
} from '@holdfast/core/aws/clients.ts';
import { DynamoCatalog } from '@holdfast/core/aws/dynamo-catalog.ts';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { SqsWorkQueue } from '@holdfast/core/aws/sqs-work-queue.ts';
import { TAG_COPY_MAX_BYTES } from '@holdfast/core/model/tag-bound.ts';
import { MAX_TREE_DOCUMENTS } from '@holdfast/core/model/tree-bound.ts';
import type { Clock } from '@holdfast/core/ports/clock.ts';
import { silent } from '@holdfast/core/ports/telemetry.ts';
import type { Settings, World } from '@holdfast/core/ports/world.ts';
import { restoreTargets } from '@holdfast/core/runtime/config.ts';
import type { CoreStack } from '../operations/core-stack.ts';
import { assumptionsOf } from '../operations/cost/assumptions.ts';
import type { StackView } from '../operations/ports.ts';
import { AnswerDates } from './adapters/aws/answer-dates.ts';
import { CloudFormationStacks } from './adapters/aws/cloudformation-stacks.ts';
import { S3BucketAdmin } from './adapters/aws/s3-bucket-admin.ts';
import { s3Endpoint } from './adapters/aws/s3-endpoint.ts';
import { SqsQueueAdmin } from './adapters/aws/sqs-queue-admin.ts';
import type { Buckets, Connection, GlobalOptions } from './context.ts';
import { accountOf, readOutputs, readRoles } from './core-stack.ts';
import { CommandError } from './errors.ts';
import { bucketWiring } from './kinds/s3/wiring.ts';
import { orphansOf } from './orphans.ts';

const CONCURRENCY = 32;
/** How long AWS may take to answer what a person waits for. */
const PATIENCE = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
};

/**
 * Finds the core stack and the ways to what it holds.
 *
 * @throws {CommandError} when there is no such stack; the SDK's errors when AWS cannot be reached
 */
export async function connect(options: GlobalOptions): Promise<Connection> {
  const clients = clientOptions(options);
  const cloudFormation = new CloudFormationClient({ ...clients, ...PATIENCE });
  const dates = new AnswerDates();
  dates.listenTo(cloudFormation);
  const stacks = new CloudFormationStacks(cloudFormation);
  const region = await cloudFormation.config.region();
  const view = await findStack(options.stack, stacks);
  if (view === undefined)
    throw new CommandError(await noStack(options.stack, region, stacks, clients), 'no-stack');
  const { parameters = {} } = view;
  const outputs = readOutputs(view);
  const stack = {
    name: view.name,
    account: accountOf(outputs),
    region,
    outputs,
    roles: readRoles(view),
    parameters,
  };
  const clock = dates.clock();
  return {
    stack,
    stacks,
    clock,
    caller: once(() => callerOf(clients)),
    ...ways(stack, clients, await s3Options(clients), clock.now),
  };
}

/** The way to buckets of the caller's account alone, for what can be said without a core stack. */
export async function connectBuckets(options: GlobalOptions): Promise<Buckets> {
  const clients = clientOptions(options);
  const { Account: account } = await identity(clients);
  const client = s3Client({ ...(await s3Options(clients)), account });
  return { store: new S3ObjectStore(client), region: await client.config.region() };
}

/** What the SDK says of an answer that it cannot read. */
const UNREADABLE = /^Unknown(Error)?$|parse error|Deserialization error/;

/** The first request of all: what answers it may be something else than AWS. */
async function findStack(name: string, stacks: CloudFormationStacks): Promise<StackView | undefined> {
  try {
    return await stacks.describe(name);
  } catch (error) {
    if (!(error instanceof Error) || !UNREADABLE.test(error.message)) throw error;
    throw new CommandError(
      'what answers at the endpoint is not AWS: check AWS_ENDPOINT_URL or --endpoint-url',
      'connection',
      { cause: error },
    );
  }
}

/**
 * Where the requests go. A profile counts for every client of the process, and decides over keys in the environment,
 * as it does for the AWS CLI.
 */
export function clientOptions({ region, profile, endpointUrl }: GlobalOptions): ClientOptions {
  if (profile !== undefined) {
    process.env['AWS_PROFILE'] = profile;
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
    delete process.env['AWS_SESSION_TOKEN'];
  }
  if (endpointUrl !== undefined && !/^https?:\/\/[^/]/.test(endpointUrl)) {
    throw new CommandError(`--endpoint-url "${endpointUrl}" is not a URL, as http://127.0.0.1:4566`, 'usage');
  }
  return {
    concurrency: CONCURRENCY,
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
  };
}

/** Who the credentials belong to. Those that may not ask are good enough for everything else. */
async function callerOf(clients: ClientOptions): Promise<string | undefined> {
  try {
    return (await identity(clients)).Arn;
  } catch {
    return undefined;
  }
}

function identity(clients: ClientOptions): Promise<GetCallerIdentityCommandOutput> {
  return new STSClient({ ...clients, ...PATIENCE }).send(new GetCallerIdentityCommand({}));
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}

async function noStack(
  name: string,
  region: string,
  stacks: CloudFormationStacks,
  clients: ClientOptions,
): Promise<string> {
  const account = await identity(clients).then(
    ({ Account }) => ` of account ${Account}`,
    () => '',
  );
  return (
    `there is no stack "${name}" in ${region}${account}: deploy it (npm run cloud:up, or sam deploy), ` +
    `or name another with --stack, --region, --profile${await orphansOf(name, stacks)}`
  );
}

/** An emulator's S3 is told by its endpoint, wherever that was found: buckets go into the path then. */
async function s3Options(clients: ClientOptions): Promise<ClientOptions> {
  const endpoint = await s3Endpoint(clients);
  return endpoint === undefined ? clients : { ...clients, endpoint };
}

function ways(
  stack: CoreStack,
  clients: ClientOptions,
  s3Clients: ClientOptions,
  clock: Clock,
): Pick<Connection, 'world' | 'queues' | 'buckets'> {
  const { outputs } = stack;
  const urls = outputs.Queues;
  const s3 = s3Client({ ...s3Clients, account: stack.account });
  const sqs = sqsClient(clients);
  const world: World = {
    store: new S3ObjectStore(s3),
    catalog: new DynamoCatalog(dynamoClient(clients), {
      table: outputs.CatalogTable,
      retentionDays: outputs.RetentionInDays,
      now: clock,
    }),
    queue: new SqsWorkQueue(sqs, {
      urls: {
        reconcile: urls.reconcile.url,
        restore: urls.restore.url,
        report: urls.report.url,
        site: urls.site.url,
        import: urls.import.url,
      },
    }),
    wiring: bucketWiring(stack.name, {
      s3,
      eventBridge: eventBridgeClient(clients),
      queueUrl: urls.capture.url,
    }),
    telemetry: silent,
    clock,
    settings: settingsOf(stack),
  };
  return { world, queues: new SqsQueueAdmin(sqs, urls), buckets: new S3BucketAdmin(s3) };
}

/** The same settings as the functions have, as far as the CLI's flows look at them; it copies and lists nothing in steps. */
function settingsOf(stack: CoreStack): Settings {
  const { name, outputs } = stack;
  return {
    vault: outputs.VaultBucket,
    restoreTargets: restoreTargets(name, outputs.RestoreTargetPatterns),
    exactRestores: outputs.ExactRestoresAllowed === 'true',
    aclRestores: outputs.AclRestoresAllowed === 'true',
    ...assumptionsOf(stack).copies,
    tagCopyMaxBytes: TAG_COPY_MAX_BYTES,
    concurrency: CONCURRENCY,
    keysPerStep: 20_000,
    treeDocuments: MAX_TREE_DOCUMENTS,
    maxRanges: 1,
    graceMs: 0,
    maxReceives: 5,
  };
}
