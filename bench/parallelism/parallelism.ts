import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import { LAMBDA_NODE_OPTIONS } from '../cloud/bench-cloud.ts';
import { functionEnv } from '../function-env.ts';
import type { Latencies } from './modelled-endpoint.ts';
import type { InstanceResult } from './one-instance.ts';

const BATCHES = 20;
const OBJECTS_PER_BATCH = 100;

/** One instance of the function that captures the backlog, with so many objects at the same time. */
export type ParallelismResult = {
  readonly concurrency: number;
  readonly objectsPerSecond: number;
  readonly cpuMsPerObject: number;
  readonly peakMiB: number;
};

/** Lets the built function capture batches beside an endpoint that answers as fast as AWS is modelled to. */
export async function measureParallelism(
  handler: string,
  latencies: Latencies,
  settings: readonly number[],
): Promise<ParallelismResult[]> {
  const endpoint = fork(resolve(import.meta.dirname, 'modelled-endpoint.ts'), [JSON.stringify(latencies)]);
  try {
    const { port } = await messageOf<{ port: number }>(endpoint);
    const results: ParallelismResult[] = [];
    for (const concurrency of settings) results.push(await measureOne(handler, concurrency, port));
    return results;
  } finally {
    endpoint.disconnect();
  }
}

async function measureOne(handler: string, concurrency: number, port: number): Promise<ParallelismResult> {
  const child = fork(resolve(import.meta.dirname, 'one-instance.ts'), [handler, String(BATCHES)], {
    execArgv: LAMBDA_NODE_OPTIONS,
    // The function's metrics go to its standard output.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...functionEnv({ concurrency: String(concurrency) }),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    },
  });
  const { seconds, cpuMs, peakMiB } = await messageOf<InstanceResult>(child);
  const objects = BATCHES * OBJECTS_PER_BATCH;
  return { concurrency, objectsPerSecond: objects / seconds, cpuMsPerObject: cpuMs / objects, peakMiB };
}

function messageOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((done, fail) => {
    child.once('message', (message) => done(message as T));
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`a process of the bench ended early, with ${code}`)));
  });
}
