import type { QueueName } from '@holdfast/core/model/queues.ts';
import * as v from 'valibot';
import {
  type CoreOutputs,
  type CoreStack,
  type KindParameter,
  OutputsSchema,
  unreadFor,
} from '../operations/core-stack.ts';
import type { StackView } from '../operations/ports.ts';
import { CommandError } from './errors.ts';

/** @throws {CommandError} when nobody reads a queue, because the stack is deployed without the kind that it is for */
export function checkIsRead(queue: QueueName, stack: CoreStack): void {
  const parameter = unreadFor(queue, stack);
  if (parameter !== undefined) throw without(parameter, stack.name);
}

/** The name of a function's role. @throws {CommandError} when the stack is deployed without the kind that it is for */
export function roleOf(output: RoleOutput, { name, outputs }: CoreStack): string {
  const role = outputs[output];
  if (role === undefined) throw without(ROLES[output], name);
  return role;
}

const ROLES = {
  CaptureChangesRoleName: 'Buckets',
  CaptureBacklogRoleName: 'Buckets',
  ReconcileSourceRoleName: 'Buckets',
  ReadSiteRoleName: 'WorkDocs',
  CaptureDocumentsRoleName: 'WorkDocs',
  ImportExportRoleName: 'WorkDocs',
} as const satisfies Partial<Record<keyof CoreOutputs, KindParameter>>;
type RoleOutput = keyof typeof ROLES;

function without(parameter: KindParameter, stack: string): CommandError {
  return new CommandError(
    `stack "${stack}" is deployed with ${parameter}=false and has no functions for this: deploy it with ${parameter}=true`,
  );
}

/** Reads a stack's outputs. @throws {CommandError} when it is not a whole Holdfast stack */
export function readOutputs({ name, status, outputs }: StackView): CoreOutputs {
  const parsed = v.safeParse(OutputsSchema, outputs);
  if (parsed.success) return parsed.output;
  const [first, ...others] = parsed.issues.map((issue) => v.getDotPath(issue));
  const missing = others.length === 0 ? first : `${first} and ${others.length} more`;
  const busy = status.endsWith('_IN_PROGRESS') || status.includes('FAILED') || status.includes('ROLLBACK');
  throw new CommandError(
    busy
      ? `stack "${name}" is in state ${status} and cannot be used: finish its deployment (sam deploy) first`
      : `stack "${name}" is not a Holdfast core stack of this version (no output ${missing}): name it with --stack, or deploy this version's template`,
    'no-stack',
  );
}

/** The account of a stack, which the ARN of each of its things says. */
export function accountOf({ CaptureQueueArn }: Pick<CoreOutputs, 'CaptureQueueArn'>): string {
  const [, , , , account = ''] = CaptureQueueArn.split(':');
  return account;
}
