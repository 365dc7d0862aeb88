import { createHash } from 'node:crypto';
import pMap from 'p-map';
import { put, remove } from './cloud.ts';

const AT_ONCE = 8;
const LARGE_BYTES = 5.5 * 1024 * 1024;

/** What became of one key, by its owner: every content it ever had, and whether it is there now. */
export type Story = { readonly contents: string[]; present: boolean };

/** The owner of a bucket, who changes its objects and remembers every change. No two contents are the same. */
export class Owner {
  readonly bucket: string;
  readonly stories = new Map<string, Story>();

  constructor(bucket: string) {
    this.bucket = bucket;
  }

  async write(keys: readonly string[]): Promise<void> {
    await pMap(keys, (key) => this.#write(key), { concurrency: AT_ONCE });
  }

  async delete(keys: readonly string[]): Promise<void> {
    await pMap(keys, (key) => this.#delete(key), { concurrency: AT_ONCE });
  }

  /** Keys that are there now, with their contents' MD5, in no order. */
  present(): Map<string, string> {
    const there = [...this.stories].filter(([, { present }]) => present);
    return new Map(there.map(([key, { contents }]) => [key, contents.at(-1) ?? '']));
  }

  /** How many contents were ever written. */
  writes(): number {
    return [...this.stories.values()].reduce((sum, { contents }) => sum + contents.length, 0);
  }

  async #write(key: string): Promise<void> {
    const story = this.stories.get(key) ?? { contents: [], present: false };
    const body = bodyOf(key, story.contents.length);
    await put(this.bucket, key, body, { Metadata: { generation: String(story.contents.length) } });
    story.contents.push(md5(body));
    story.present = true;
    this.stories.set(key, story);
  }

  async #delete(key: string): Promise<void> {
    await remove(this.bucket, key);
    const story = this.stories.get(key);
    if (story !== undefined) story.present = false;
  }
}

/** Large ones say so in their keys. */
export function isLarge(key: string): boolean {
  return key.includes('large');
}

function bodyOf(key: string, generation: number): Buffer {
  const text = `${key}, generation ${generation}; `;
  return isLarge(key) ? Buffer.alloc(LARGE_BYTES, text) : Buffer.from(text);
}

export function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
