import type { Template, Value } from '../../../testing/iam/deployed-template.ts';
import { type Named, ofType, type Properties, references, statementsIn } from './template-resources.ts';

/**
 * Policies that SQS refuses, or that take another's place.
 *
 * A queue's policy speaks of that one queue: a statement that lists several is refused as an "Invalid value for the parameter
 * Policy", though emulators and linters take it (remind101/stacker_blueprints #71, aws/aws-cdk #15602). `*` is the queue that the
 * policy is set at. And a queue has one document: a second resource that names it overwrites the first (hashicorp/terraform
 * #12003).
 */
export function queuePolicyProblems(template: Template): string[] {
  const policies = policiesOf(template);
  const named = policies.flatMap(({ queues }) => queues);
  return [
    ...policies.flatMap(severalQueues),
    ...[...new Set(named)]
      .filter((queue) => named.filter((one) => one === queue).length > 1)
      .map((queue) => `${queue} has two policies, and keeps one of them`),
  ];
}

/** Whether the queue's own policy denies everybody everything that does not come over TLS. */
export function deniesPlainHttp(template: Template, queue: string): boolean {
  return policiesOf(template)
    .filter(({ queues }) => queues.includes(queue))
    .flatMap(({ statements }) => statements)
    .some(
      (statement) =>
        statement['Effect'] === 'Deny' &&
        statement['Principal'] === '*' &&
        statement['Action'] === 'sqs:*' &&
        JSON.stringify(statement['Condition'] ?? null).includes('"aws:SecureTransport":"false"') &&
        speaksOf(statement['Resource'], queue),
    );
}

type QueuePolicy = {
  readonly id: string;
  readonly queues: readonly string[];
  readonly statements: readonly Properties[];
};

/** A document for several queues, or one. */
function policiesOf(template: Template): QueuePolicy[] {
  const several = ofType(template, 'AWS::SQS::QueuePolicy').map((one) => policyOf(one, one.is['Queues']));
  const inline = ofType(template, 'AWS::SQS::QueueInlinePolicy').map((one) => policyOf(one, one.is['Queue']));
  return [...several, ...inline];
}

function policyOf({ id, is }: Named, queues: Value | undefined): QueuePolicy {
  return { id, queues: references(queues), statements: statementsIn(is['PolicyDocument'] ?? {}) };
}

function severalQueues({ id, queues, statements }: QueuePolicy): string[] {
  const wrong = statements.filter((statement) => {
    const resource = statement['Resource'];
    if (resource === '*') return false;
    const list = Array.isArray(resource) ? resource : [resource];
    const one = list.length === 1 && queues.length === 1;
    return !one || !speaksOf(list[0] as Value, queues[0] ?? '');
  });
  return wrong.map(({ Sid }) => `${id} does not speak of its one queue in ${Sid}: SQS refuses it`);
}

function speaksOf(resource: Value | undefined, queue: string): boolean {
  return resource === '*' || references(resource).join() === queue;
}
