import { createReadStream } from 'node:fs';
import { appendFile, lstat, rename, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { isCode } from './disk-errors.ts';
import { MARK } from './escape-segment.ts';
import { type Folder, PART } from './folder.ts';
import type { MappedName } from './local-job.ts';

/** Every path that is not its key, one JSON document a line. */
export const NAMES_FILE = `${MARK}names.jsonl`;
const FLUSH_AT = 500;
const LineSchema = v.pipe(v.string(), v.parseJson(), v.object({ path: v.string(), key: v.string() }));

export function nameLine({ path, key }: MappedName): string {
  return `${JSON.stringify({ path, key })}\n`;
}

/** Writes the list of names of a folder. What an earlier restore listed stays listed as long as it is there. */
export class NamesList {
  readonly #folder: Folder;
  readonly #part = `${PART}names`;
  readonly #paths = new Set<string>();
  #lines: string[] = [];
  #written: Promise<void> | undefined;

  constructor(folder: Folder) {
    this.#folder = folder;
    folder.beginPart(this.#part);
  }

  async add(name: MappedName): Promise<void> {
    this.#paths.add(name.path);
    this.#lines.push(nameLine(name));
    if (this.#lines.length >= FLUSH_AT) await this.#flush();
  }

  /** Puts the new list in the old one's place. Without a new name, the old one stays as it is. */
  async close(): Promise<void> {
    if (this.#paths.size === 0) return;
    const part = this.#folder.full(this.#part);
    try {
      for await (const line of this.#kept()) {
        this.#lines.push(line);
        if (this.#lines.length >= FLUSH_AT) await this.#flush();
      }
      await this.#flush();
      await rename(part, this.#folder.full(NAMES_FILE));
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  #flush(): Promise<void> {
    const text = this.#lines.join('');
    this.#lines = [];
    const part = this.#folder.full(this.#part);
    this.#written =
      this.#written === undefined
        ? // Begun anew, and never through a link that somebody put there.
          rm(part, { force: true }).then(() => writeFile(part, text, { flag: 'wx' }))
        : this.#written.then(() => appendFile(part, text));
    return this.#written;
  }

  async *#kept(): AsyncGenerator<string> {
    for await (const { path, key } of readNames(this.#folder)) {
      if (this.#paths.has(path)) continue;
      const stats = await lstat(this.#folder.full(path)).catch(() => undefined);
      if (stats !== undefined) yield nameLine({ path, key });
    }
  }
}

/** The names that are listed at a folder; lines that are none are left out. */
async function* readNames(folder: Folder): AsyncGenerator<MappedName> {
  const stats = await folder.look(NAMES_FILE);
  if (stats === undefined || !stats.isFile()) return;
  try {
    for await (const line of createInterface({ input: createReadStream(folder.full(NAMES_FILE)) })) {
      const parsed = v.safeParse(LineSchema, line);
      if (parsed.success) yield parsed.output;
    }
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}
