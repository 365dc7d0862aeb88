import { describe, expect, it } from 'vitest';
import { FUNCTIONS_AT_ONCE, type FunctionConcurrency } from '../../scripts/lib/lambda-quota.ts';
import { deployedTemplate, type Value } from '../../testing/iam/deployed-template.ts';
import { resolve } from '../../testing/iam/resolve-value.ts';
import { ofType, references } from './support/template-resources.ts';

const template = await deployedTemplate('template.yaml');

/** How many of each function run at the same time at most, by the queues that call it, and how many are reserved for it. */
function functionsOf(mode: FunctionConcurrency): Map<string, { calls: number; reserved: unknown }> {
  const stack = { template, parameters: { FunctionConcurrency: mode } };
  const functions = ofType(template, 'AWS::Lambda::Function').map(({ id, is }) => {
    const calls = ofType(template, 'AWS::Lambda::EventSourceMapping')
      .filter((mapping) => references(mapping.is['FunctionName']).includes(id))
      .map((mapping) => mapping.is['ScalingConfig'] as { readonly MaximumConcurrency: Value })
      .map(({ MaximumConcurrency }) => Number(resolve(MaximumConcurrency, stack)));
    const reserved = resolve(is['ReservedConcurrentExecutions'] ?? null, stack);
    return [id, { calls: calls.reduce((sum, one) => sum + one, 0), reserved }] as const;
  });
  return new Map(functions);
}

const MODES = Object.keys(FUNCTIONS_AT_ONCE) as FunctionConcurrency[];

describe('functions at the same time', () => {
  it.each(MODES)('with %s: as many as the look before a deployment reckons with', (mode) => {
    const all = [...functionsOf(mode).values()].reduce((sum, { calls }) => sum + calls, 0);
    expect(all).toBe(FUNCTIONS_AT_ONCE[mode]);
  });

  it('are reserved for each function as its queues call it, or not at all: fewer would be throttled', () => {
    for (const [, { calls, reserved }] of functionsOf('RESERVED')) expect(reserved).toBe(calls);
    for (const mode of ['SHARED', 'SMALL'] as const)
      for (const [, { reserved }] of functionsOf(mode)) expect(reserved).toBeUndefined();
  });

  it('that are throttled have long spans to be tried in before eight of them are over', () => {
    for (const { id, is } of ofType(template, 'AWS::SQS::Queue')) {
      const redrive = is['RedrivePolicy'] as { readonly maxReceiveCount: number } | undefined;
      if (redrive === undefined) continue;
      const minutes = (Number(is['VisibilityTimeout']) * redrive.maxReceiveCount) / 60;
      expect({ id, long: minutes >= 96 }).toEqual({ id, long: true });
    }
  });
});
