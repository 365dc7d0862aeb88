import { hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open as openPath, rename, rm } from 'node:fs/promises';
import type { ObjectFacts } from '@holdfast/core/model/object.ts';
import { PlaceError } from './disk-errors.ts';
import { type Folder, PART } from './folder.ts';
import { moveNew } from './move-new.ts';
import type { OpenCopy, Proof } from './open-copy.ts';
import { giveTime } from './set-time.ts';

/** How a file is opened for writing; a test can put a disk that fills up in its place. */
export type OpenFile = (path: string) => Promise<Pick<FileHandle, 'write' | 'sync' | 'utimes' | 'close'>>;

export type Written = { readonly facts: ObjectFacts; readonly proof: Proof };

const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
/** Windows has no O_NOFOLLOW; a new file that must not exist follows nothing anyway. */
export const openNew: OpenFile = (path) =>
  openPath(path, O_CREAT | O_EXCL | O_WRONLY | (O_NOFOLLOW ?? 0), 0o666);

/**
 * Writes a copy beside its path and puts it there when it is whole, proven and on the disk. Whatever happens, nothing
 * half-written has the path.
 *
 * @param open asked for the copy when there is a file for it: nobody would read, or close, what came for another
 * @param replace false: what came there meanwhile stays, and is an error
 * @throws {PlaceError} `wrong-bytes` when they are not what the vault's checksum says
 */
export async function writeFile(
  folder: Folder,
  path: string,
  open: () => Promise<OpenCopy>,
  replace: boolean,
  openFile: OpenFile = openNew,
): Promise<Written> {
  const part = partOf(path, folder);
  folder.beginPart(part);
  try {
    const written = await writePart(folder.full(part), open, openFile);
    await (replace ? rename : moveNew)(folder.full(part), folder.full(path));
    return written;
  } catch (error) {
    await rm(folder.full(part), { force: true }).catch(() => {});
    throw error;
  } finally {
    folder.endPart(part);
  }
}

function partOf(path: string, { run }: Folder): string {
  const cut = path.lastIndexOf('/') + 1;
  return `${path.slice(0, cut)}${PART}${run}-${hash('sha1', path.slice(cut)).slice(0, 24)}`;
}

async function writePart(part: string, open: () => Promise<OpenCopy>, openFile: OpenFile): Promise<Written> {
  const file = await openFile(part);
  try {
    const { facts, modifiedAt, body, proof } = await open();
    for await (const bytes of body) await writeAll(file, bytes);
    const proven = await proof();
    if (proven === 'wrong')
      throw new PlaceError(
        'wrong-bytes',
        "the vault's bytes are not those of its checksum; nothing was written",
      );
    await giveTime(file, modifiedAt);
    await file.sync();
    return { facts, proof: proven };
  } finally {
    await file.close();
  }
}

async function writeAll(file: Pick<FileHandle, 'write'>, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}
