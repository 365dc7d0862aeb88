import { InvalidInputError } from './errors.ts';

/** Reads JSON text. @throws {InvalidInputError} quoting the beginning of what is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError(`not JSON: ${text.slice(0, 200)}`, { cause });
  }
}
