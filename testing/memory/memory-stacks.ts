import { CommandError } from '../../cli/errors.ts';
import {
  type OnStatus,
  SOURCE_TAG,
  STACK_TAG,
  type StackRequest,
  type Stacks,
  type StackView,
} from '../../operations/ports.ts';

/** Stacks in memory. They are done at once. */
export class MemoryStacks implements Stacks {
  /** What was asked for, by name: a test looks at the parameters here. */
  readonly requests = new Map<string, StackRequest>();
  /** Why the next creation or deletion fails. */
  failure: string | undefined;
  readonly #onDeploy: (request: StackRequest) => void;

  /** @param onDeploy does what the stack's resources would */
  constructor(onDeploy: (request: StackRequest) => void = () => {}) {
    this.#onDeploy = onDeploy;
  }

  async describe(name: string): Promise<StackView | undefined> {
    const request = this.requests.get(name);
    return (
      request && {
        name,
        status: 'CREATE_COMPLETE',
        outputs: {},
        parameters: request.parameters,
        tags: request.tags,
      }
    );
  }

  async deploy(request: StackRequest, onStatus: OnStatus = () => {}): Promise<'created' | 'updated'> {
    const known = this.requests.has(request.name);
    onStatus(known ? 'UPDATE_IN_PROGRESS' : 'CREATE_IN_PROGRESS');
    this.#failIfTold(request.name);
    this.requests.set(request.name, request);
    this.#onDeploy(request);
    return known ? 'updated' : 'created';
  }

  async remove(name: string, onStatus: OnStatus = () => {}): Promise<boolean> {
    if (!this.requests.has(name)) return false;
    onStatus('DELETE_IN_PROGRESS');
    this.#failIfTold(name);
    return this.requests.delete(name);
  }

  async listSources(coreStack: string): Promise<StackView[]> {
    const views = await Promise.all([...this.requests.keys()].map((name) => this.describe(name)));
    return views
      .filter((view) => view !== undefined)
      .filter(({ tags }) => tags[STACK_TAG] === coreStack && tags[SOURCE_TAG] !== undefined);
  }

  #failIfTold(name: string): void {
    if (this.failure !== undefined) throw new CommandError(`stack "${name}" failed: ${this.failure}`);
  }
}
