import type { Selected } from '@holdfast/core/flows/restore/select-objects.ts';
import { Fingerprints } from './fingerprints.ts';
import type { LocalJob } from './local-job.ts';
import { Naming, type Place } from './naming.ts';
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
  { select, keyFor = (key) => key }: LocalJob,
  insensitive: boolean,
  progress: TransferProgress,
  signal: AbortSignal,
  visit: (object: Selected, path: string) => Promise<void> = async () => {},
): Promise<Survey> {
  const naming = new Naming(insensitive);
  let objects = 0;
  let bytes = 0;
  for await (const object of select()) {
    if (signal.aborted) break;
    const key = keyFor(object.key);
    naming.learn(key);
    objects++;
    bytes += object.version.size;
    await visit(object, naming.place(key, object.version.size).path);
    progress.looked(objects);
  }
  return { naming, objects, bytes };
}

/** All paths that a restore of the job fills, as the disk compares them. */
export async function expectedPaths(
  { select, keyFor = (key) => key }: LocalJob,
  naming: Naming,
): Promise<Fingerprints> {
  const expected = new Fingerprints();
  for await (const { key, version } of select()) {
    const { path }: Place = naming.place(keyFor(key), version.size);
    expected.add(naming.same(path));
  }
  return expected;
}
