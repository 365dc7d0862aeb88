import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listingSection } from '../../../bench/listing/section.ts';
import { pinned } from '../../../bench/machine.ts';
import { kinds, short, table } from '../../../bench/markdown.ts';
import { parseOptions, SECTION_NAMES } from '../../../bench/options.ts';
import { cpuBound, parallelismSection } from '../../../bench/parallelism/section.ts';
import type { Measured } from '../../../bench/peers/contest.ts';
import { peersSection } from '../../../bench/peers/peers-report.ts';
import { pipelineSection } from '../../../bench/pipeline/pipeline-report.ts';
import { composeReport, dated, readReport } from '../../../bench/report.ts';
import { localSection } from '../../../bench/restore/local-section.ts';
import { bucketSection } from '../../../bench/restore/peers-section.ts';
import { planOf } from '../../../bench/restore/plan-probe.ts';
import { planSection } from '../../../bench/restore/plan-section.ts';
import { compareTrees, takeTree } from '../../../bench/restore/tree.ts';
import { startsSection } from '../../../bench/starts/section.ts';
import { withJsSpecifiers } from '../../../bench/starts/unbundled.ts';

const machine = {
  cores: 2,
  cpu: 'A CPU',
  memoryGiB: 24,
  kernel: 'Linux 6.1',
  versions: ['Node 24', 'SDK 3'],
  load: 0.4,
};

describe('the report', () => {
  it('says of each section when and on what it was measured, with one line between', () => {
    expect(dated(['## A', '', '', 'one', '', '', '', 'two', ''], machine, '2026-01-31').split('\n')).toEqual([
      '## A',
      '',
      '*Measured 2026-01-31: 2 cores (A CPU), 24 GiB, Linux 6.1. Node 24, SDK 3.*',
      '',
      'one',
      '',
      'two',
    ]);
  });

  it('says when others kept the machine busy', () => {
    const [, , busy] = dated(['## A'], { ...machine, load: 5.28 }, '2026-01-31').split('\n');
    expect(busy).toMatch(/SDK 3\.\* \*\*On a busy machine\*\* \(load 5\.3\): wall times are too long\.$/);
    expect(dated(['## A'], { ...machine, load: 1 }, '2026-01-31')).not.toContain('busy');
  });

  it('takes a section that was measured again, and leaves the others as they are, in their order', () => {
    const before = composeReport(
      new Map([
        ['model', '## Model\n\nold'],
        ['pipeline', '## Pipeline\n\nold'],
      ]),
    );
    const text = composeReport(
      readReport(before).set('peers', '## Peers\n\nnew').set('model', '## Model\n\nnew'),
    );
    expect(text.split('\n').filter((line) => /^(##|old|new|<)/.test(line))).toEqual([
      '<!-- section: pipeline -->',
      '## Pipeline',
      'old',
      '<!-- section: peers -->',
      '## Peers',
      'new',
      '<!-- section: model -->',
      '## Model',
      'new',
    ]);
    expect(composeReport(readReport(text))).toBe(text);
    expect(text).not.toMatch(/\n{3}/);
  });

  it('drops what is no longer measured', () => {
    expect(readReport('# Old\n\n<!-- section: gone -->\n\n## Gone\n').size).toBe(0);
  });

  it('draws tables that a sign in a cell cannot break', () => {
    expect(table(['a', 'b'], [['x|y', 'two\nlines']])).toEqual([
      '| a | b |',
      '|---|---|',
      '| x\\|y | two lines |',
    ]);
    expect(table(['a'], [])).toEqual([]);
  });

  it('rounds numbers to what they say', () => {
    const all = [0, 0.00012345, 0.456, 1, 1.06, 9.96, 12.3, 99.4, 99.6, 1234.5, Number.NaN];
    expect(all.map(short)).toEqual([
      '0',
      '0.00012',
      '0.46',
      '1',
      '1.1',
      '10',
      '12',
      '99',
      '100',
      '1,235',
      '–',
    ]);
  });

  it('names requests by kind, without those that were never asked', () => {
    expect(kinds({ 's3 CopyObject': 10_000, 's3 HeadObject': 0 })).toBe('10,000 s3 CopyObject');
    expect(kinds({})).toBe('none');
  });

  it('finds pinned versions', () => {
    const text = 'aws-sam-cli==1.2\nministack[full]==3.4 ; python_version > "3"\n';
    expect([pinned(text, 'ministack', 'MiniStack'), pinned(text, 'moto', 'Moto')]).toEqual([
      ['MiniStack 3.4'],
      [],
    ]);
  });
});

describe('options', () => {
  it('measure everything unless told otherwise', () => {
    expect(parseOptions([])).toMatchObject({ only: SECTION_NAMES, objects: 10_000, repeat: 3, write: false });
    expect(parseOptions(['--only', 'peers,starts', '--only', 'pipeline'])?.only).toEqual([
      'peers',
      'starts',
      'pipeline',
    ]);
    expect(parseOptions(['--help'])).toBeUndefined();
  });

  it.each([
    [['--only', 'speed'], 'there is no such section'],
    [['--repeat', 'often'], 'is not a number'],
    [['--objects', '0'], 'is not a number of at least 1'],
  ])('refuse %s', (args, why) => {
    expect(() => parseOptions(args)).toThrow(why);
  });
});

const measured = (seconds: number, more: Partial<Measured> = {}): Measured => ({
  requests: { 's3 CopyObject': 100 },
  seconds,
  cpuSeconds: 1,
  commandCpuSeconds: 1,
  peakMiB: 50,
  allPeaksMiB: 50,
  endpointSeconds: seconds / 2,
  ...more,
});

describe('the section on peers', () => {
  const run = (seconds: number[], more?: Partial<Measured>) => seconds.map((s) => measured(s, more));
  const own = run([4, 2, 3], { jobSeconds: 1.5, allPeaksMiB: 170, commandCpuSeconds: 0.4 });
  const peer = run([10, 10, 20]);
  const text = peersSection({
    objects: 100,
    repeat: 3,
    results: new Map([
      ['holdfast', { first: own, unchanged: own, changed: own }],
      ['peer', { first: peer, unchanged: peer, changed: peer }],
      ['broken', { failed: 'broken sync ended with 1: no\nmore' }],
    ]),
    tools: {
      peer: { found: true, path: '/x', version: 'peer 1' },
      aws: { found: false, why: 'there is no `aws` on the PATH' },
    },
  }).join('\n');

  it('gives medians with their range, and how busy the endpoint was', () => {
    expect(text).toContain(
      '| `holdfast` | 100 | 1 | 3.00 s (2.00–4.00); its job 1.50 s | 1.0 s; its command 0.4 s | 50 MiB, all processes 170 MiB | 50 % | 33 |',
    );
    expect(text).toContain('| `peer` | 100 | 1 | 10.00 s (10.00–20.00) | 1.0 s | 50 MiB | 50 % | 10 |');
    expect(text).toContain('- `peer`: 100 s3 CopyObject');
  });

  it('says which peer could not run, and why', () => {
    expect(text).toContain('| aws | **not run:** there is no `aws` on the PATH |');
    expect(text).toContain('**Not measured:** `broken`: broken sync ended with 1: no\n');
    expect(text).not.toContain('| `broken` |');
  });
});

describe('the other sections', () => {
  it('give requests per object, lag and memory of the pipeline', () => {
    const phase = {
      name: 'created',
      objects: 200,
      seconds: 1,
      requests: { 's3 CopyObject': 200, 's3 PutObject': 1 },
    };
    const text = pipelineSection({ phases: [phase], lag: { p50: 1, p99: 2, max: 3 } }, { B: 10, A: 20 }).join(
      '\n',
    );
    expect(text).toContain('| created | 200 | 1.0 | 1 s3 CopyObject, 0.005 s3 PutObject |');
    expect(text).toContain('| 1 ms | 2 ms | 3 ms |');
    expect(text).toContain('| A | 20 MiB |\n| B | 10 MiB |');
  });

  it('tell what the CPU alone allows a function', () => {
    expect(cpuBound(1000 * (256 / 1769))).toBeCloseTo(1, 10);
    const row = { concurrency: 16, objectsPerSecond: 240.4, cpuMsPerObject: 2, peakMiB: 150 };
    expect(parallelismSection([row], { copy: 40, head: 15, table: 5 }).join('\n')).toContain(
      '| 16 | 240 | 2.00 ms | 150 MiB | 72 a second |',
    );
  });

  it('give the starts of each packaging', () => {
    const at = (ms: number) => ({ ms, cpuMs: 2 * ms, residentBytes: 64 * 1024 * 1024 });
    const one = { functionName: 'f', packaging: 'bundle', bytes: 512_000, files: 1 };
    const text = startsSection([{ ...one, warm: [at(40), at(50), at(60)], cold: [at(70)] }], 3).join('\n');
    expect(text).toContain(
      '| f | bundle | 500 KiB | 1 | 50 ms (40 – 60) | 100 ms | 70 ms (70 – 70) | 64 MiB |',
    );
  });

  it('let compiled files import compiled files', () => {
    const code = 'import { a } from "./a.ts";\nexport * from "@holdfast/core/b.ts";\nconst text = "no.ts";';
    expect(withJsSpecifiers(code)).toBe(
      'import { a } from "./a.js";\nexport * from "@holdfast/core/b.js";\nconst text = "no.ts";',
    );
  });
});

describe('reading the vault', () => {
  const listed = (...ms: number[]) => [{ what: 'one prefix', ms, pages: 2, objects: 250.4 }];

  it('says how long listings took, and whether the bar is held', () => {
    const lines = listingSection(1_000_000, listed(10, 20, 30.04));
    expect(lines).toContain('| one prefix | 250 | 2 | 20.0 ms | 30.0 ms | 3 |');
    expect(lines.at(-1)).toContain('held');
    expect(listingSection(1_000_000, listed(10, 2100)).at(-1)).toContain('missed');
  });
});

describe('restores', () => {
  const runs = { first: [measured(2), measured(3)], again: [measured(1), measured(1)] };
  const results = new Map([['holdfast', runs]]);

  it('tell what each object took, and how often the bucket was compared', () => {
    const text = bucketSection({ objects: 50, repeat: 2, results, tools: {} }).join('\n');
    expect(text).toContain('After each of these 4 runs');
    expect(text).toContain('### Once more: nothing to do');
    expect(text).toContain('| `holdfast` | 100 | 2 | 2.00 s (2.00–3.00) | 1.0 s | 50 MiB | 50 % | 33 |');
  });

  it('tell of a tree and of archives of each kind', () => {
    const archive = (ending: string, seconds: number) => ({
      ending,
      seconds,
      bytes: 3 * 1024 ** 2,
      requests: { 's3 GetObject': 50 },
      cpuSeconds: 1,
      peakMiB: 90,
    });
    const text = localSection({
      repeat: 2,
      tree: { files: { length: 50 }, bytes: 2.5 * 1024 ** 2 },
      results,
      archives: [archive('.tar', 1), archive('.zip', 3), archive('.tar', 2), archive('.zip', 4)],
      tools: {},
    }).join('\n');
    expect(text).toContain(
      'the first 50 files of this project’s own `node_modules`, links left out:\n2.5 MiB.',
    );
    expect(text).toContain('in the 4 archives');
    expect(text).toContain(
      '| `holdfast restore --to ….tar` | 3.0 MiB | 1.00 s | 1.0 s | 90 MiB | 1 | 50 s3 GetObject |',
    );
    expect(text).toContain('| `holdfast restore --to ….zip` | 3.0 MiB | 3.00 s |');
  });
});

describe('a tree', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-tree-'));
    await mkdir(join(folder, 'from/b'), { recursive: true });
    for (const file of ['a', 'b/c', 'b/d', 'e'])
      await writeFile(join(folder, 'from', file), `this is ${file}`);
    await symlink('a', join(folder, 'from/a-link'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is the first files of a folder by their names, without links', async () => {
    const tree = await takeTree(join(folder, 'from'), join(folder, 'to'), 3);
    expect(tree).toMatchObject({ files: ['a', 'b/c', 'b/d'], bytes: 9 + 11 + 11 });
  });

  it.each<[string, (copy: string) => Promise<void>]>([
    ['another byte', (copy) => writeFile(join(copy, 'a'), 'this is b')],
    ['a file too few', (copy) => rm(join(copy, 'b/c'))],
    ['a file too many', (copy) => writeFile(join(copy, 'b/x'), '')],
  ])('is told from one with %s', async (_, change) => {
    const tree = await takeTree(join(folder, 'from'), join(folder, 'to'), 9);
    const copy = join(folder, 'copy');
    await cp(tree.root, copy, { recursive: true });
    await expect(compareTrees(tree, copy)).resolves.toBeUndefined();
    await change(copy);
    await expect(compareTrees(tree, copy)).rejects.toThrow('diff -r ended with 1');
  });
});

describe('a plan', () => {
  it('sees every key of a vault that is made as it is read, and which of them the target has', async () => {
    expect(await planOf(4_500)).toEqual({ selected: 4_500, right: 2_250, fresh: 2_250, listings: 9 });
    expect(await planOf(1)).toMatchObject({ selected: 1, right: 0, fresh: 1 });
  });

  it('has to stay within its bar', () => {
    const plan = { selected: 10, right: 5, fresh: 5, listings: 3, seconds: 1, cpuSeconds: 2, peakMiB: 512 };
    expect(planSection([plan])).toContain('| 10 | 5 | 5 | 3 | 1.0 s | 2.0 s | 512 MiB |');
    expect(planSection([plan]).at(-1)).toContain('held');
    expect(planSection([plan, { ...plan, peakMiB: 513 }]).at(-1)).toContain('missed');
  });
});
