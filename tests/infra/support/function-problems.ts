import type { Template } from '../../../testing/iam/deployed-template.ts';
import { resolve } from '../../../testing/iam/resolve-value.ts';
import { ofType, type Properties, references } from './template-resources.ts';

/** Functions without a bound on time, memory or number, and log groups without an end. */
export function functionProblems(template: Template): string[] {
  const groups = new Set(ofType(template, 'AWS::Logs::LogGroup').map(({ id }) => id));
  return ofType(template, 'AWS::Lambda::Function').flatMap(({ id, is }) => {
    const logs = references(is['LoggingConfig']);
    return [
      ...(isNumber(is['Timeout']) ? [] : [`${id} has no timeout`]),
      ...(isNumber(is['MemorySize']) ? [] : [`${id} has no memory size`]),
      ...(isBounded(template, id) ? [] : [`${id} has no bound on its concurrency`]),
      ...(logs.some((name) => groups.has(name)) ? [] : [`${id} logs to a group that is not this stack's`]),
      ...(is['KmsKeyArn'] === undefined && hasSecret(is) ? [`${id} has a secret in its environment`] : []),
    ];
  });
}

/** Queues whose messages all come back when one fails. */
export function mappingProblems(template: Template): string[] {
  return ofType(template, 'AWS::Lambda::EventSourceMapping')
    .filter(
      ({ is }) => !JSON.stringify(is['FunctionResponseTypes'] ?? []).includes('ReportBatchItemFailures'),
    )
    .map(({ id }) => `${id} takes one failure for that of the whole batch`);
}

export function logGroupProblems(template: Template): string[] {
  return ofType(template, 'AWS::Logs::LogGroup')
    .filter(({ is }) => is['RetentionInDays'] === undefined)
    .map(({ id }) => `${id} keeps its logs for ever`);
}

/** A bound at every mapping that calls it. */
function isBounded(template: Template, id: string): boolean {
  const mappings = ofType(template, 'AWS::Lambda::EventSourceMapping').filter(({ is: mapping }) =>
    references(mapping['FunctionName']).includes(id),
  );
  return (
    mappings.length > 0 &&
    mappings.every(({ is: mapping }) => {
      const { MaximumConcurrency = null } = (mapping['ScalingConfig'] ?? {}) as Properties;
      return isNumber(resolve(MaximumConcurrency, { template }));
    })
  );
}

function hasSecret(is: Properties): boolean {
  return /SECRET|PASSWORD|TOKEN|API_KEY/i.test(
    Object.keys((is['Environment'] as Properties)?.['Variables'] ?? {}).join(),
  );
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}
