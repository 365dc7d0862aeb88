import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../scripts/lib/run.ts';
import type { Counts } from '../cloud/counting-proxy.ts';
import type { CommandUse } from '../measure/measured-command.ts';
import { holdfastRestore } from './restorers.ts';
import type { Backup, Setting } from './setting.ts';
import { compareTrees, type Tree } from './tree.ts';

/** The endings, with the module of Python's own that reads such a file: no program of Holdfast's. */
const READERS = { '.tar': 'tarfile', '.zip': 'zipfile' } as const;

/** What one archive took. */
export type Archived = Pick<CommandUse, 'seconds' | 'cpuSeconds' | 'peakMiB'> & {
  readonly ending: string;
  readonly bytes: number;
  readonly requests: Counts;
};

/** Restores into an archive of each kind; what is unpacked of it is compared with the tree. */
export async function restoreArchives(
  backup: Backup,
  tree: Tree,
  round: number,
  setting: Setting,
): Promise<Archived[]> {
  const archives: Archived[] = [];
  for (const [ending, module] of Object.entries(READERS)) {
    const file = join(setting.folder, `archive${ending}`);
    const { proxy } = setting.bench;
    await proxy.quiet();
    proxy.take();
    const { command } = await holdfastRestore([`s3://${backup.source}`, '--to', file, '--yes'], setting);
    await proxy.quiet();
    const requests = proxy.take();
    const { seconds, cpuSeconds, peakMiB } = command;
    archives.push({ ending, bytes: (await stat(file)).size, requests, seconds, cpuSeconds, peakMiB });
    process.stderr.write(`restore-local, round ${round}: ${ending}: ${seconds.toFixed(1)} s\n`);
    await compareArchive(module, file, tree, setting);
    await rm(file);
  }
  return archives;
}

async function compareArchive(module: string, file: string, tree: Tree, { folder, python }: Setting) {
  const into = join(folder, 'unpacked');
  await mkdir(into);
  const { code, output } = await run(python, ['-m', module, '-e', file, into]);
  if (code !== 0) throw new Error(`${file} cannot be unpacked: ${output.trim()}`);
  await compareTrees(tree, into);
  await rm(into, { recursive: true });
}
