import { namedValues } from '@holdfast/core/model/named-values.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import type { Work } from '@holdfast/core/source/work.ts';
import * as v from 'valibot';
import { type CoreOutputs, type CoreStack, OutputsSchema, unreadFor } from '../operations/core-stack.ts';
import type { Kinds } from '../operations/kind.ts';
import type { StackView } from '../operations/ports.ts';
import { CommandError } from './errors.ts';

/** @throws {CommandError} when nobody reads a queue, because the stack is deployed without the kind that it is for */
export function checkIsRead(queue: QueueName, stack: CoreStack, kinds: Kinds): void {
  const parameter = unreadFor(queue, stack, kinds);
  if (parameter !== undefined) throw without(parameter, stack.name);
}

/**
 * The name of a function's role.
 *
 * @param output that has it, and, of a kind's work, the parameter without which it is not there
 * @throws {CommandError} when the stack is deployed without the kind that it is for
 */
export function roleOf(
  output: string,
  { functions }: Pick<Work, 'functions'>,
  { name, roles }: CoreStack,
): string {
  const role = roles[output];
  if (role === undefined) throw without(functions?.parameter ?? output, name);
  return role;
}

/** Names of roles among a stack's outputs. */
export function readRoles({ outputs }: Pick<StackView, 'outputs'>): Readonly<Record<string, string>> {
  return namedValues(Object.entries(outputs).filter(([output]) => output.endsWith('RoleName')));
}

function without(parameter: string, stack: string): CommandError {
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
