import { resolve } from 'node:path';
import { type EventBridgeClient, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import { vaultPrefix } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { captureRuleName } from '@holdfast/core/model/stack-names.ts';
import * as v from 'valibot';
import { holdfastJson } from '../../scripts/demo/holdfast.ts';
import type { CommandUse } from '../measure/measured-command.ts';
import { WorkerWatch } from '../measure/worker-watch.ts';
import type { Contestant } from './contestant.ts';

export const CLI = resolve(import.meta.dirname, '../../cli/bin/holdfast.mjs');
const STACK = 'holdfast';

export type HoldfastSetting = {
  readonly env: NodeJS.ProcessEnv;
  /** The functions' endpoint, by which their processes are told from those of other clouds. */
  readonly endpoint: string;
  readonly vault: string;
  readonly eventBridge: EventBridgeClient;
  readonly measure: (argv: readonly string[], env: NodeJS.ProcessEnv) => Promise<CommandUse>;
};

const JobAnswer = v.object({
  result: v.object({ job: v.object({ state: v.string(), startedAt: v.string(), finishedAt: v.string() }) }),
});

/**
 * Holdfast's reconcile, from the command to the end of its job. Events would do its work before it begins: the bucket's
 * rule has no target while it is compared.
 */
export function holdfast({ env, endpoint, vault, eventBridge, measure }: HoldfastSetting): Contestant {
  return {
    name: 'holdfast reconcile --wait',
    isPeer: false,
    prepare: async (source) => {
      const { code, stderr } = await holdfastJson(['protect', `s3://${source}`, '--no-initial'], env);
      if (code !== 0) throw new Error(`holdfast protect ended with ${code}: ${stderr}`);
      const Rule = captureRuleName(STACK, source);
      await eventBridge.send(new RemoveTargetsCommand({ Rule, Ids: ['capture'] }));
      return { bucket: vault, prefix: vaultPrefix(source) };
    },
    backUp: async (source) => {
      const watch = await WorkerWatch.begin(endpoint);
      const argv = [process.execPath, CLI, 'reconcile', `s3://${source}`, '--wait', '--json'];
      const command = await measure(argv, env);
      return { command, workers: await watch.end(), jobSeconds: jobSeconds(command.output) };
    },
  };
}

/** @param output what the command printed: progress and warnings may stand before its JSON */
export function jobSeconds(output: string): number {
  const { job } = v.parse(JobAnswer, JSON.parse(output.slice(output.indexOf('{')))).result;
  if (job.state !== 'done') throw new Error(`the job ended as ${job.state}`);
  return (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000;
}
