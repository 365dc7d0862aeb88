import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Finds a program that a test needs and that not every machine has. Where it is missing, the test is skipped and says so; with
 * HOLDFAST_TOOLS=required, as in CI, that is an error instead.
 *
 * @param names any of them will do
 * @param path in its place, as some setting names it
 * @returns its path
 */
export function findTool(
  names: readonly [string, ...string[]],
  path: string | undefined = undefined,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter);
  const found = path ?? folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram);
  if (found !== undefined) return found;
  const missing = `no ${names[0]} on the PATH`;
  if (env['HOLDFAST_TOOLS'] === 'required')
    throw new Error(`${missing}: install it, or unset HOLDFAST_TOOLS`);
  console.log(`${missing}: what needs it is skipped`);
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
