import { Readable, type Writable } from 'node:stream';
import { InvalidInputError, messageOf } from '@holdfast/core/model/errors.ts';
import { CommandError } from '../../errors.ts';
import { count } from '../../text/format.ts';
import { isDiskFull } from '../disk-errors.ts';
import type { LocalJob, LocalResult, LocalWorld } from '../local-job.ts';
import { NAMES_FILE, nameLine } from '../names-list.ts';
import { placeOf } from '../naming.ts';
import { TRANSFERS } from '../restore-to-folder.ts';
import { survey } from '../survey.ts';
import { Tally } from '../tally.ts';
import { TransferProgress } from '../transfer-progress.ts';
import { type ArchiveTask, addEntry } from './add-entry.ts';
import { type ArchiveOutput, openArchiveFile, streamedArchive } from './archive-file.ts';
import type { ArchiveFormat, ArchiveWriter } from './archive-writer.ts';
import { fetchAhead } from './fetch-ahead.ts';
import { TarWriter } from './tar-writer.ts';
import { ZipWriter } from './zip-writer.ts';

/** What a zip says of each of its entries is kept in memory until its end: some kilobytes. */
const MAX_ZIPPED = 200_000;

export type ArchiveJob = LocalJob & {
  readonly format: ArchiveFormat;
  /** A file that is not there yet, or where the bytes go. */
  readonly to: string | Writable;
};

/**
 * Writes a selection into one archive, in constant memory. Names in it follow the same rule as in a folder, for disks that
 * do not tell case, since nobody knows where it will be unpacked. A file gets its name when it is whole.
 *
 * @throws {InvalidInputError} when the file exists or cannot be written, before anything is written
 * @throws {CommandError} when it could not be finished; nothing is left of it
 */
export async function restoreToArchive(job: ArchiveJob, world: LocalWorld): Promise<LocalResult> {
  const { to } = job;
  const output = typeof to === 'string' ? await openArchiveFile(to) : streamedArchive(to);
  const writer = writerFor(job.format, output.stream);
  const tally = new Tally();
  try {
    const progress = new TransferProgress(world.clock, world.progress);
    await fill(job, { writer, tally, progress }, world);
    if (world.signal.aborted) return await giveUp(writer, output, tally.result('interrupted'));
    await writer.end();
    await output.commit();
    return tally.result('done');
  } catch (error) {
    const ended = isDiskFull(error) ? 'disk-full' : 'interrupted';
    await giveUp(writer, output, undefined);
    if (error instanceof InvalidInputError) throw error;
    if (world.signal.aborted || isDiskFull(error)) return tally.result(ended);
    throw new CommandError(
      `the archive could not be finished, and nothing is left of it: ${messageOf(error)}`,
      'failed',
      { cause: error },
    );
  }
}

async function giveUp<T>(writer: ArchiveWriter, { discard }: ArchiveOutput, result: T): Promise<T> {
  await writer.abort();
  await discard();
  return result;
}

function writerFor(format: ArchiveFormat, stream: Writable): ArchiveWriter {
  return format === 'zip' ? new ZipWriter(stream) : new TarWriter(stream, format === 'tar.gz');
}

async function fill(job: ArchiveJob, task: ArchiveTask, world: LocalWorld): Promise<void> {
  const { select, keyFor, transfers = TRANSFERS } = job;
  const { naming, ...total } = await survey(job, true, task.progress, world.signal);
  if (job.format === 'zip' && total.objects > MAX_ZIPPED)
    throw new InvalidInputError(
      `a zip takes up to ${count(MAX_ZIPPED)} objects here, and these are ${count(total.objects)}: write a .tar.gz`,
    );
  task.progress.begin(total);
  const names: string[] = [];
  for await (const fetched of fetchAhead(select(), transfers, world)) {
    if (world.signal.aborted) return;
    const { object } = fetched;
    task.tally.planned(object.version.size);
    const place = placeOf(object, naming, keyFor);
    if (place.path === '') {
      task.tally.targetItself(object.key);
      continue;
    }
    const isIn = await addEntry(fetched, place, task, world);
    if (!isIn || !place.mapped) continue;
    const name = { key: place.key, path: place.path };
    task.tally.mapped(name);
    names.push(nameLine(name));
  }
  if (names.length > 0) await addNames(Buffer.from(names.join('')), task.writer, world);
}

/** The list of names comes last, since it is only known then. */
async function addNames(list: Buffer, writer: ArchiveWriter, { clock }: LocalWorld): Promise<void> {
  const facts = { name: NAMES_FILE, size: list.length, at: Math.floor(clock() / 1000) * 1000 };
  await writer.file(facts, Readable.from([list]));
}
