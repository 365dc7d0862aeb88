import { CloudError } from './errors.ts';
import type { Run } from './run.ts';

/** The range that every package in requirements.txt supports. */
const OLDEST = 10;
const NEWEST = 14;

const NEED = `The local cloud needs Python 3.${OLDEST} to 3.${NEWEST}`;
const WAY_OUT =
  'install one (Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python@3.13) or name it in HOLDFAST_PYTHON';

type PythonVersion = { readonly major: number; readonly minor: number; readonly text: string };

export type Python = { readonly command: string; readonly version: PythonVersion };

/** Reads `3.11.7` out of a line like `Python 3.11.7` or `3.13.0rc1`. */
export function parsePythonVersion(text: string): PythonVersion | undefined {
  const match = /(?:^|\s)((\d+)\.(\d+)(?:\.\w+)?)/.exec(text.trim());
  if (!match) return undefined;
  return { major: Number(match[2]), minor: Number(match[3]), text: match[1] ?? '' };
}

export function isSupported({ major, minor }: PythonVersion): boolean {
  return major === 3 && minor >= OLDEST && minor <= NEWEST;
}

/** The commands to try: the one the user named and no other, or else python3 and its versioned names. */
export function pythonCandidates(env: NodeJS.ProcessEnv): string[] {
  const named = env['HOLDFAST_PYTHON']?.trim();
  if (named) return [named];
  const versioned = Array.from({ length: NEWEST - OLDEST + 1 }, (_, i) => `python3.${NEWEST - i}`);
  return ['python3', ...versioned, 'python'];
}

async function probe(run: Run, command: string): Promise<Python | undefined> {
  const code = 'import sys; print("%d.%d.%d" % tuple(sys.version_info[:3]))';
  const result = await run(command, ['-c', code]);
  const version = result.code === 0 ? parsePythonVersion(result.output) : undefined;
  return version && { command, version };
}

/** Finds a Python that can run the local cloud, or says in one line which one it found instead and what to install. */
export async function findPython(run: Run, env: NodeJS.ProcessEnv): Promise<Python> {
  const candidates = pythonCandidates(env);
  let unsuited: Python | undefined;
  for (const command of candidates) {
    const found = await probe(run, command);
    if (found && isSupported(found.version)) return found;
    unsuited ??= found;
  }
  if (unsuited) {
    throw new CloudError(`${NEED}, and ${unsuited.command} is ${unsuited.version.text}: ${WAY_OUT}.`);
  }
  const named = env['HOLDFAST_PYTHON'] ? `HOLDFAST_PYTHON (${candidates[0]}) does not run` : 'none was found';
  throw new CloudError(`${NEED}, and ${named}: ${WAY_OUT}.`);
}

/** Debian ships Python without the two modules that make a virtual environment. */
export async function assertVenvModule(run: Run, python: Python): Promise<void> {
  const result = await run(python.command, ['-c', 'import venv, ensurepip']);
  if (result.code === 0) return;
  const { major, minor, text } = python.version;
  throw new CloudError(
    `${python.command} (${text}) cannot make virtual environments: install its venv module (Debian and Ubuntu: apt install python${major}.${minor}-venv).`,
  );
}
