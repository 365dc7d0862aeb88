import { join, resolve } from 'node:path';
import { toStderr } from './progress.ts';
import { run } from './run.ts';
import { ensureVenv, type Venv } from './venv.ts';

/** The checkout that these scripts are in. */
export const ROOT = resolve(import.meta.dirname, '../..');

/** The checkout's own virtual environment, made when it is missing; progress goes to standard error. */
export function checkoutVenv(): Promise<Venv> {
  return ensureVenv({
    link: join(ROOT, '.holdfast/venv'),
    requirements: join(ROOT, 'scripts/requirements.txt'),
    env: process.env,
    run,
    report: toStderr,
  });
}
