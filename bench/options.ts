import { parseArgs } from 'node:util';

export const SECTION_NAMES = [
  'pipeline',
  'peers',
  'parallelism',
  'starts',
  'restore-peers',
  'restore-local',
  'restore-plan',
  'restore-listing',
  'restore-site',
  'model',
  'workdocs',
  'workdocs-scale',
  'workdocs-import',
  'globs',
] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

/** What to measure, and how much of it. */
export type BenchOptions = {
  readonly write: boolean;
  readonly only: readonly SectionName[];
  readonly changed: number;
  readonly existing: number;
  readonly objects: number;
  readonly repeat: number;
  readonly starts: number;
  readonly files: number;
  readonly keys: number;
  readonly versions: number;
  readonly entries: number;
  readonly entryGib: number;
  readonly modelled: number;
  readonly documents: number;
  readonly crawled: number;
  readonly rclone?: string;
  readonly aws?: string;
};

export const USAGE = `Usage: npm run bench [-- options]

Measures Holdfast on local clouds of its own and prints the tables of docs/benchmarks.md. About half an hour.

  --write        also writes each section into docs/benchmarks.md; the others there stay as they are
  --only <name>  ${SECTION_NAMES.join(', ')}; can be repeated

  --changed <n>  pipeline: objects that change one by one (2000)
  --existing <n> pipeline: objects that are there before (10000)
  --objects <n>  peers, restore-peers: objects in the bucket (10000)
  --repeat <n>   peers, restore-peers, restore-local: repetitions of every backup and restore (3)
  --starts <n>   starts: fresh processes for each function and packaging (15)
  --files <n>    restore-local: files of the tree (10000)
  --keys <n>     restore-plan: keys of the source (10000000)
  --versions <n> restore-listing: versions in the vault (1000000: 2 GiB of memory)
  --entries <n>  workdocs-import: entries of the zip (100000)
  --entry-gib <n> workdocs-import: GiB of one large entry (20)
  --modelled <n> model: objects of the largest bucket that is simulated (1000000: minutes, 2 GiB of memory)
  --documents <n> workdocs: documents of the site (1000)
  --crawled <n>  workdocs-scale: documents of the site (100000)
  --rclone <path>, --aws <path>  the peers' programs, where they are not the system's own or on the PATH`;

/** @throws when an option is unknown or no number; undefined when only help was asked for */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      write: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      changed: { type: 'string', default: '2000' },
      existing: { type: 'string', default: '10000' },
      objects: { type: 'string', default: '10000' },
      repeat: { type: 'string', default: '3' },
      starts: { type: 'string', default: '15' },
      files: { type: 'string', default: '10000' },
      keys: { type: 'string', default: '10000000' },
      versions: { type: 'string', default: '1000000' },
      entries: { type: 'string', default: '100000' },
      'entry-gib': { type: 'string', default: '20' },
      modelled: { type: 'string', default: '1000000' },
      documents: { type: 'string', default: '1000' },
      crawled: { type: 'string', default: '100000' },
      rclone: { type: 'string' },
      aws: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const only = values.only.flatMap((names) => names.split(',')).map(sectionName);
  return {
    write: values.write,
    only: only.length > 0 ? only : SECTION_NAMES,
    changed: positive('changed', values.changed),
    existing: positive('existing', values.existing),
    objects: positive('objects', values.objects),
    repeat: positive('repeat', values.repeat),
    starts: positive('starts', values.starts),
    files: positive('files', values.files),
    keys: positive('keys', values.keys),
    versions: positive('versions', values.versions),
    entries: positive('entries', values.entries),
    entryGib: positive('entry-gib', values['entry-gib']),
    modelled: positive('modelled', values.modelled),
    documents: positive('documents', values.documents),
    crawled: positive('crawled', values.crawled),
    ...(values.rclone === undefined ? {} : { rclone: values.rclone }),
    ...(values.aws === undefined ? {} : { aws: values.aws }),
  };
}

function sectionName(name: string): SectionName {
  const found = SECTION_NAMES.find((known) => known === name);
  if (found === undefined)
    throw new Error(`--only "${name}": there is no such section, only ${SECTION_NAMES.join(', ')}`);
  return found;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} "${text}" is not a number of at least 1`);
}
