import { link, rename, unlink } from 'node:fs/promises';
import { isCode, PlaceError } from './disk-errors.ts';

/**
 * Moves a finished file to a path where nothing was. A link fails where something is, a renaming does not; some disks
 * have no links.
 *
 * @throws {PlaceError} when something came there meanwhile
 */
export async function moveNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (isCode(error, 'EEXIST'))
      throw new PlaceError('conflict', 'something was put there meanwhile, and was left alone', {
        cause: error,
      });
    if (!isCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES')) throw error;
    return rename(from, to);
  }
  await unlink(from);
}
