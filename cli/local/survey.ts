import { dirname } from 'node:path';
import type { Selected } from '@holdfast/core/source/selection.ts';
import { Fingerprints } from './fingerprints.ts';
import type { LocalJob } from './local-job.ts';
import { Naming, placeOf } from './naming.ts';
import type { TransferProgress } from './transfer-progress.ts';

/** What the first look at a selection told. */
export type Survey = {
  readonly naming: Naming;
  readonly objects: number;
  readonly bytes: number;
};

/**
 * Reads the whole selection once: names can only be given when all are known, and space be checked before the first byte.
 *
 * @param visit sees each object, with the path it would have if it were alone
 */
export async function survey(
  { select, keyFor }: LocalJob,
  insensitive: boolean,
  progress: Pick<TransferProgress, 'looked'>,
  signal: AbortSignal,
  visit: (object: Selected, path: string) => Promise<void> = async () => {},
): Promise<Survey> {
  const naming = new Naming(insensitive);
  let objects = 0;
  let bytes = 0;
  for await (const object of select()) {
    if (signal.aborted) break;
    naming.learn(keyFor?.(object.key) ?? object.key);
    objects++;
    bytes += object.version.size;
    await visit(object, placeOf(object, naming, keyFor).path);
    progress.looked(objects);
  }
  return { naming, objects, bytes };
}

/** All paths that a restore of the job fills, and the folders on the way to them, as the disk compares them. */
export async function expectedPaths({ select, keyFor }: LocalJob, naming: Naming): Promise<Fingerprints> {
  const expected = new Fingerprints();
  let last = '';
  for await (const object of select()) {
    const { path } = placeOf(object, naming, keyFor);
    expected.add(naming.same(path));
    const above = dirname(path);
    if (above !== last) addFolders(above, naming, expected);
    last = above;
  }
  return expected;
}

function addFolders(path: string, naming: Naming, expected: Fingerprints): void {
  for (let above = path; above !== '.' && above !== '/'; above = dirname(above))
    expected.add(naming.same(`${above}/`));
}
