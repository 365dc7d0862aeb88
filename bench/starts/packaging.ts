import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ROOT } from '../../scripts/lib/checkout-venv.ts';

/** One function, packed in one way. */
export type Packed = {
  /** What Lambda would load. */
  readonly handler: string;
  /** Everything that would be deployed for it. */
  readonly folders: readonly string[];
};

/** A way to pack functions. @param into an empty folder to do it in */
export type Packaging = {
  readonly name: string;
  readonly pack: (functions: readonly string[], into: string) => Promise<ReadonlyMap<string, Packed>>;
};

export const FUNCTIONS_DIR = join(ROOT, 'functions');
export const CORE_DIR = join(ROOT, 'layers/core');

/** The functions' folders, as `s3/capture-changes`. */
export async function functionNames(): Promise<string[]> {
  const rooms = await readdir(FUNCTIONS_DIR);
  const names = rooms.map(async (room) =>
    (await readdir(join(FUNCTIONS_DIR, room))).map((name) => `${room}/${name}`),
  );
  return (await Promise.all(names)).flat().toSorted();
}

/** `s3/capture-changes` → `CaptureChangesFunction`, as the template of its room calls it. */
export function logicalId(name: string): string {
  const words = basename(name)
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Function`;
}
