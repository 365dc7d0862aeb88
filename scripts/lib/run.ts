import { spawn } from 'node:child_process';

type RunResult = { readonly code: number; readonly output: string };

type RunOptions = { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv };

/** Runs a program without a shell and without input, and keeps what it says; a program that is not there is code 127. */
export type Run = (command: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>;

export const run: Run = (command, args, options = {}) =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const output = () => Buffer.concat(chunks).toString('utf8');
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A process that exits on a signal takes the tool it waits for with it.
    const end = () => void child.kill();
    process.once('exit', end);
    child.once('close', () => process.off('exit', end));
    child.on('error', (error) => resolve({ code: 127, output: `${output()}${error.message}` }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal ? `${output()}\nended by ${signal}` : output() }),
    );
  });
