import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../scripts/lib/checkout-venv.ts';
import { kinds, short, table } from '../markdown.ts';
import { median, medianCounts } from '../measure/statistics.ts';
import type { BenchOptions } from '../options.ts';
import { contestTables, runsOf, type Tools } from '../peers/contest-report.ts';
import { type Archived, restoreArchives } from './archives.ts';
import { RestoreContest, type RestorePhase, type RestoreResults, type Targets } from './restore-contest.ts';
import { restorersTo } from './restorers.ts';
import { backUp, type Setting, withSetting } from './setting.ts';
import { compareTrees, type Tree, takeTree, upload } from './tree.ts';

const TITLES: Readonly<Record<RestorePhase, string>> = {
  first: 'Into an empty folder',
  again: 'Into the same folder once more: nothing to do',
};

export type LocalRestores = {
  readonly repeat: number;
  readonly tree: Pick<Tree, 'bytes'> & { readonly files: { readonly length: number } };
  readonly results: RestoreResults;
  readonly archives: readonly Archived[];
  readonly tools: Tools;
};

/** Restores of a real tree into folders, by Holdfast and its peers, and into archives. */
export async function restoreLocal(options: BenchOptions): Promise<string[]> {
  return withSetting(options, async (setting) => {
    const tree = await takeTree(join(ROOT, 'node_modules'), join(setting.folder, 'tree'), options.files);
    const source = await setting.buckets.create('tree');
    await upload(tree, source, setting.s3);
    const backup = await backUp(source, setting);
    const restorers = await restorersTo('folder', setting);
    const contest = new RestoreContest('restore-local', restorers, newFolders(tree, setting), setting);
    const results = await contest.run(backup, options.repeat);
    const archives: Archived[] = [];
    for (let round = 1; round <= options.repeat; round++)
      archives.push(...(await restoreArchives(backup, tree, round, setting)));
    return localSection({ repeat: options.repeat, tree, results, archives, tools: setting.tools });
  });
}

function newFolders(tree: Tree, { folder }: Setting): Targets {
  return {
    make: () => mkdtemp(join(folder, 'target-')),
    check: (_, target) => compareTrees(tree, target),
    drop: (target) => rm(target, { recursive: true }),
  };
}

export function localSection({ repeat, tree, results, archives, tools }: LocalRestores): string[] {
  const objects = tree.files.length;
  return [
    '## Restores to a local folder or archive',
    '',
    `A real tree, the first ${objects.toLocaleString('en-US')} files of this project’s own \`node_modules\`, links left out:`,
    `${mib(tree.bytes)}. From the vault of a local cloud through the same counting proxy, one tool after the other; medians of`,
    `${repeat} (and the range of wall times), another order and new folders each time. The peers are shown the vault’s current`,
    'copies as what they are, a bucket’s prefix. Busy is the share of its time in which the emulator was computing. Holdfast',
    'proves each file by its checksum, and has it on the disk (`fsync`) before it gets its name; it asks 8 at a time.',
    '',
    `After each of these ${runsOf(results)} runs, \`diff -r\` compared the folder with the tree: no difference. Nor was there one`,
    `in the ${archives.length} archives, unpacked with Python’s \`tarfile\` and \`zipfile\`.`,
    '',
    ...contestTables({ titles: TITLES, results, tools, objects }),
    ...archiveTable(archives, objects),
  ];
}

function archiveTable(all: readonly Archived[], objects: number): string[] {
  const endings = [...new Set(all.map(({ ending }) => ending))];
  return [
    '### Into an archive',
    '',
    ...table(
      ['', 'size', 'wall', 'CPU', 'peak memory', 'for each object', 'requests'],
      endings.map((ending) =>
        archiveRow(
          all.filter((one) => one.ending === ending),
          ending,
          objects,
        ),
      ),
    ),
  ];
}

function archiveRow(runs: readonly Archived[], ending: string, objects: number): string[] {
  const of = (value: (run: Archived) => number) => median(runs.map(value));
  const requests = medianCounts(runs.map((run) => run.requests));
  const total = Object.values(requests).reduce((sum, n) => sum + n, 0);
  return [
    `\`holdfast restore --to …${ending}\``,
    mib(of(({ bytes }) => bytes)),
    `${of(({ seconds }) => seconds).toFixed(2)} s`,
    `${of(({ cpuSeconds }) => cpuSeconds).toFixed(1)} s`,
    `${of(({ peakMiB }) => peakMiB).toFixed(0)} MiB`,
    short(total / objects),
    kinds(requests),
  ];
}

function mib(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
