import { describe, expect, it } from 'vitest';
import { listingSection } from '../../../bench/listing/section.ts';
import { pinned } from '../../../bench/machine.ts';
import { kinds, short, table } from '../../../bench/markdown.ts';
import { parseOptions, SECTION_NAMES } from '../../../bench/options.ts';
import { cpuBound, parallelismSection } from '../../../bench/parallelism/section.ts';
import type { Measured } from '../../../bench/peers/peers.ts';
import { peersSection } from '../../../bench/peers/peers-report.ts';
import { pipelineSection } from '../../../bench/pipeline/pipeline-report.ts';
import { composeReport } from '../../../bench/report.ts';
import { startsSection } from '../../../bench/starts/section.ts';
import { withJsSpecifiers } from '../../../bench/starts/unbundled.ts';

const machine = {
  cores: 2,
  cpu: 'A CPU',
  memoryGiB: 24,
  kernel: 'Linux 6.1',
  versions: ['Node 24', 'SDK 3'],
};

describe('the report', () => {
  it('says what it was measured on, and then has its sections with one line between', () => {
    const text = composeReport(machine, [['## A', '', '', 'one', ''], ['## B']]);
    expect(text.split('\n').slice(4)).toEqual([
      '2 cores (A CPU), 24 GiB, Linux 6.1. Node 24, SDK 3.',
      '',
      '## A',
      '',
      'one',
      '',
      '## B',
      '',
    ]);
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
    [['--write', '--only', 'peers'], 'needs all sections'],
  ])('refuse %s', (args, why) => {
    expect(() => parseOptions(args)).toThrow(why);
  });
});

const measured = (seconds: number, more: Partial<Measured> = {}): Measured => ({
  requests: { 's3 CopyObject': 100 },
  seconds,
  cpuSeconds: 1,
  peakMiB: 50,
  allPeaksMiB: 50,
  endpointSeconds: seconds / 2,
  ...more,
});

describe('the section on peers', () => {
  const run = (seconds: number[], more?: Partial<Measured>) => seconds.map((s) => measured(s, more));
  const own = run([4, 2, 3], { jobSeconds: 1.5, allPeaksMiB: 170 });
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
      '| `holdfast` | 100 | 3.00 s (2.00–4.00); its job 1.50 s | 1.0 s | 50 MiB, all processes 170 MiB | 50 % | 33 |',
    );
    expect(text).toContain('| `peer` | 100 | 10.00 s (10.00–20.00) | 1.0 s | 50 MiB | 50 % | 10 |');
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
