import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Gives an open file its time. @param at ms since 1970; as a number, Node would take one before that for now */
export async function giveTime(file: Pick<FileHandle, 'utimes'>, at: number): Promise<void> {
  const time = new Date(at);
  await file.utimes(time, time);
}

/** Gives a file that is right its time, and follows no link to it. */
export async function setTime(path: string, at: number): Promise<void> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    await giveTime(file, at);
  } finally {
    await file.close();
  }
}
