import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateDescribeStacks,
  type Stack,
  type StackEvent,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { namedValues } from '@holdfast/core/model/named-values.ts';
import {
  type OnStatus,
  SOURCE_TAG,
  STACK_TAG,
  type StackRequest,
  type Stacks,
  type StackView,
} from '../../../operations/ports.ts';
import { CommandError } from '../../errors.ts';

type Pause = (ms: number) => Promise<void>;

const realPause: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** What is left of a stack that failed: CloudFormation takes no update for it, only its deletion. */
const REMAINS: ReadonlySet<string> = new Set([
  'CREATE_FAILED',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'DELETE_FAILED',
]);

/** Stacks on CloudFormation. */
export class CloudFormationStacks implements Stacks {
  readonly #client: CloudFormationClient;
  readonly #pause: Pause;

  constructor(client: CloudFormationClient, pause: Pause = realPause) {
    this.#client = client;
    this.#pause = pause;
  }

  async describe(name: string): Promise<StackView | undefined> {
    const stack = await this.#find(name);
    return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack && toView(stack);
  }

  async deploy(request: StackRequest, onStatus: OnStatus = () => {}) {
    const known = await this.#settled(request.name, onStatus);
    if (known !== undefined && !REMAINS.has(known.status)) return this.#update(request, onStatus);
    if (known !== undefined) await this.remove(request.name, onStatus);
    return this.#create(request, onStatus);
  }

  async remove(name: string, onStatus: OnStatus = () => {}): Promise<boolean> {
    const stack = await this.#find(name);
    if (stack?.StackId === undefined || stack.StackStatus === 'DELETE_COMPLETE') return false;
    await this.#client.send(new DeleteStackCommand({ StackName: stack.StackId }));
    const end = await this.#settled(stack.StackId, onStatus);
    if (end !== undefined) await this.#fail('deleted', name, stack.StackId, end.status);
    return true;
  }

  async listSources(coreStack: string): Promise<StackView[]> {
    const found: StackView[] = [];
    for await (const { Stacks = [] } of paginateDescribeStacks({ client: this.#client }, {})) {
      found.push(...Stacks.map(toView));
    }
    return found.filter(({ tags }) => tags[STACK_TAG] === coreStack && tags[SOURCE_TAG] !== undefined);
  }

  async #create(request: StackRequest, onStatus: OnStatus): Promise<'created'> {
    const { StackId } = await this.#client.send(
      new CreateStackCommand({ ...toInput(request), OnFailure: 'DELETE', TimeoutInMinutes: 30 }),
    );
    const id = StackId ?? request.name;
    const end = await this.#settled(id, onStatus);
    if (end?.status !== 'CREATE_COMPLETE') await this.#fail('created', request.name, id, end?.status);
    return 'created';
  }

  async #update(request: StackRequest, onStatus: OnStatus): Promise<'updated' | 'unchanged'> {
    try {
      await this.#client.send(new UpdateStackCommand(toInput(request)));
    } catch (error) {
      if (error instanceof Error && error.message.includes('No updates are to be performed'))
        return 'unchanged';
      throw error;
    }
    const end = await this.#settled(request.name, onStatus);
    if (end?.status !== 'UPDATE_COMPLETE')
      await this.#fail('updated', request.name, request.name, end?.status);
    return 'updated';
  }

  async #fail(what: string, name: string, id: string, status = 'gone'): Promise<never> {
    const reason = await firstFailure(this.#client, id);
    throw new CommandError(`stack "${name}" could not be ${what} (${status}): ${reason}`);
  }

  /** Waits until nothing is in progress. @returns undefined when the stack is gone */
  async #settled(name: string, onStatus: OnStatus): Promise<StackView | undefined> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, wait * 1.5)) {
      const view = await this.describe(name);
      if (!view?.status.endsWith('_IN_PROGRESS')) return view;
      onStatus(view.status);
      await this.#pause(wait);
    }
  }

  async #find(name: string): Promise<Stack | undefined> {
    try {
      const { Stacks } = await this.#client.send(new DescribeStacksCommand({ StackName: name }));
      return Stacks?.[0];
    } catch (error) {
      // CloudFormation's only way of saying that there is no such stack.
      if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
      throw error;
    }
  }
}

function toInput({ name, template, parameters, tags }: StackRequest) {
  return {
    StackName: name,
    TemplateBody: template,
    Capabilities: ['CAPABILITY_IAM' as const],
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

function toView({ StackName = '', StackStatus, Outputs = [], Parameters = [], Tags = [] }: Stack): StackView {
  return {
    name: StackName,
    status: StackStatus ?? 'UNKNOWN',
    outputs: namedValues(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])),
    parameters: namedValues(
      Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
    ),
    tags: namedValues(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
  };
}

/** What one failed resource does to all others: not the reason, only its echo. */
const ECHO = /cancelled|following resource/i;

/** The first thing that went wrong with a stack, in CloudFormation's words. It lists events newest first. */
async function firstFailure(client: CloudFormationClient, stack: string): Promise<string> {
  let first: StackEvent | undefined;
  try {
    for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName: stack })) {
      first = StackEvents.findLast(isCause) ?? first;
    }
  } catch (error) {
    return `its events could not be read: ${error instanceof Error ? error.message : error}`;
  }
  if (first === undefined) return 'CloudFormation gives no reason';
  return `${first.LogicalResourceId} (${first.ResourceType}): ${first.ResourceStatusReason}`;
}

function isCause({ ResourceStatus, ResourceStatusReason }: StackEvent): boolean {
  return (
    (ResourceStatus?.endsWith('_FAILED') ?? false) &&
    ResourceStatusReason !== undefined &&
    !ECHO.test(ResourceStatusReason)
  );
}
