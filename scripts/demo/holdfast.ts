import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const CLI = resolve(import.meta.dirname, '../../cli/bin/holdfast.mjs');

/** Runs a `holdfast` command as a person would, its output on this terminal. @returns its exit code */
export function holdfast(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [CLI, ...args], { env, stdio: 'inherit' });
    child.once('error', fail);
    child.once('close', (code) => done(code ?? 1));
  });
}

/** Runs a `holdfast` command with `--json`. @returns its exit code and what it printed */
export function holdfastJson(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: unknown; stderr: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [CLI, ...args, '--json'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', fail);
    child.once('close', (code) => {
      const text = Buffer.concat(out).toString();
      done({ code: code ?? 1, output: parse(text), stderr: Buffer.concat(err).toString() });
    });
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
