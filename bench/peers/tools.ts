import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from '../../scripts/lib/run.ts';

/** A peer's program, or why there is none to run. */
export type Tool =
  | { readonly found: true; readonly path: string; readonly version: string }
  | { readonly found: false; readonly why: string };

/** Where a peer's program is looked for, and how a machine gets one. */
type ToolSought = {
  readonly name: string;
  /** Given by the user: nothing else is looked at. */
  readonly given?: string | undefined;
  readonly versionArgs: readonly string[];
  readonly debianPackage: string;
};

export type PeerTools = { readonly rclone: Tool; readonly aws: Tool };

const SYSTEM_FOLDER = '/usr/bin';

export async function peerTools(given: {
  readonly rclone?: string;
  readonly aws?: string;
}): Promise<PeerTools> {
  const [rclone, aws] = await Promise.all([
    findTool(
      { name: 'rclone', given: given.rclone, versionArgs: ['version'], debianPackage: 'rclone' },
      process.env,
    ),
    findTool(
      { name: 'aws', given: given.aws, versionArgs: ['--version'], debianPackage: 'awscli' },
      process.env,
    ),
  ]);
  return { rclone, aws };
}

/** The user's choice, else the system's own (a `PATH` may begin with shims of version managers), else the first on PATH. */
export async function findTool(sought: ToolSought, env: NodeJS.ProcessEnv): Promise<Tool> {
  const { name, given, versionArgs, debianPackage } = sought;
  const path = given ?? (await firstExecutable(name, env['PATH'] ?? ''));
  const hint = `install it (\`apt-get install ${debianPackage}\`) or name it with \`--${name} <path>\``;
  if (path === undefined) return { found: false, why: `there is no \`${name}\` on the PATH: ${hint}` };
  const { code, output } = await run(path, versionArgs, { env });
  const version = versionIn(output);
  if (code === 0) return { found: true, path, version };
  return { found: false, why: `\`${name} ${versionArgs.join(' ')}\` ended with ${code}: ${hint}` };
}

/** The first words that say it: `rclone v1.60.1`, `aws-cli/2.9.19`; what follows is about the machine. */
export function versionIn(output: string): string {
  return /^\S+(?: v\d\S*)?/.exec(output.trim())?.[0] ?? 'unknown';
}

async function firstExecutable(name: string, path: string): Promise<string | undefined> {
  for (const folder of [SYSTEM_FOLDER, ...path.split(delimiter).filter(Boolean)]) {
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
