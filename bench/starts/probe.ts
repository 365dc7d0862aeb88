import { spawn } from 'node:child_process';
import { LAMBDA_NODE_OPTIONS } from '../cloud/bench-cloud.ts';
import { functionEnv } from '../function-env.ts';

/** One start of a function in a fresh process. */
export type Start = {
  /** From asking for the module to having it: what Lambda calls init. */
  readonly ms: number;
  /** CPU time of that, on all threads: what else runs on the machine changes it least. */
  readonly cpuMs: number;
  /** Resident memory after that. */
  readonly residentBytes: number;
};

// Plain JavaScript by `-e`: nothing of the bench is loaded before the function.
const PROBE = `
const cpu = process.cpuUsage();
const started = performance.now();
await import(process.argv[1]);
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
const residentBytes = process.memoryUsage.rss();
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, residentBytes }));
`;

/** Starts a function as Lambda does: a fresh Node, the function's environment, one import of its handler. */
export function start(handler: string): Promise<Start> {
  return new Promise((done, fail) => {
    const argv = [...LAMBDA_NODE_OPTIONS, '--input-type=module', '-e', PROBE, handler];
    const child = spawn(process.execPath, argv, {
      env: { ...functionEnv(), AWS_LAMBDA_FUNCTION_NAME: 'bench' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const out: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.once('error', fail);
    child.once('close', (code) =>
      code === 0
        ? done(JSON.parse(Buffer.concat(out).toString()) as Start)
        : fail(new Error(`${handler} does not start`)),
    );
  });
}
