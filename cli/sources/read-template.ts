import { readFile } from 'node:fs/promises';
import { CommandError } from '../errors.ts';

const TEMPLATES = new URL('../../templates/', import.meta.url);

/** @param name of a template for the stacks of sources */
export async function readTemplate(name: string): Promise<string> {
  const file = new URL(name, TEMPLATES);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const message = `the template of source stacks is missing from this installation: ${file.pathname}`;
    throw new CommandError(message, 'failed', { cause });
  }
}
