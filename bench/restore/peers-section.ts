import type { BenchOptions } from '../options.ts';
import { contestTables, runsOf, type Tools } from '../peers/contest-report.ts';
import { RestoreContest, type RestorePhase, type RestoreResults, type Targets } from './restore-contest.ts';
import { restorersTo } from './restorers.ts';
import { backUp, type Setting, withSetting } from './setting.ts';

const WARM_UP_OBJECTS = 500;
const TITLES: Readonly<Record<RestorePhase, string>> = {
  first: 'Into an empty bucket',
  again: 'Once more: nothing to do',
};

export type BucketRestores = Pick<BenchOptions, 'objects' | 'repeat'> & {
  readonly results: RestoreResults;
  readonly tools: Tools;
};

/** Restores from the vault into a bucket, by Holdfast and its peers. */
export async function restorePeers(options: BenchOptions): Promise<string[]> {
  const { objects, repeat } = options;
  return withSetting(options, async (setting) => {
    const contest = new RestoreContest(
      'restore-peers',
      await restorersTo('bucket', setting),
      newBuckets(setting),
      setting,
    );
    await contest.warmUp(await filled(Math.min(WARM_UP_OBJECTS, objects), setting));
    const results = await contest.run(await filled(objects, setting), repeat);
    return bucketSection({ objects, repeat, results, tools: setting.tools });
  });
}

function newBuckets({ buckets }: Setting): Targets {
  return {
    make: () => buckets.createTarget(),
    check: ({ source }, bucket) => buckets.compare(source, { bucket, prefix: '' }),
    drop: async () => {},
  };
}

async function filled(objects: number, setting: Setting) {
  const source = await setting.buckets.create('source');
  await setting.buckets.fill(source, objects);
  return backUp(source, setting);
}

export function bucketSection({ objects, repeat, results, tools }: BucketRestores): string[] {
  return [
    '## Restores into a bucket',
    '',
    `${objects.toLocaleString('en-US')} objects of 1 KiB, from the vault into an empty bucket of the same local cloud through the`,
    `same counting proxy, and again; medians of ${repeat} (and the range of wall times), another order and new buckets each time.`,
    'The peers are shown the vault’s current copies as what they are, a bucket’s prefix. CPU and memory are those of the tool: for',
    'Holdfast of its command and of all function processes that worked. Busy is the share of its time in which the emulator was',
    'computing: near 100 %, requests and CPU time say more than the wall time.',
    '',
    `After each of these ${runsOf(results)} runs, keys and ETags in the bucket were compared with the source: no difference.`,
    '',
    ...contestTables({ titles: TITLES, results, tools, objects }),
  ];
}
