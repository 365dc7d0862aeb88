import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cpuSecondsOf, peakMiBOf, variableOf } from '../../../bench/measure/proc.ts';
import { median, medianCounts, percentile, spread } from '../../../bench/measure/statistics.ts';
import { peaksByFunction } from '../../../bench/measure/worker-watch.ts';
import { findTool, versionIn } from '../../../bench/peers/tools.ts';

describe('statistics', () => {
  it('takes the middle value, and of two the lower one', () => {
    expect([median([9, 1, 5]), median([4, 1, 3, 2]), median([7])]).toEqual([5, 2, 7]);
    expect(spread([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 });
  });

  it('has no middle of nothing', () => {
    expect(median([])).toBeNaN();
  });

  it('takes the value that a share does not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => n + 1);
    expect([percentile(hundred, 0.99), percentile(hundred, 1), percentile(hundred, 0)]).toEqual([99, 100, 1]);
  });

  it('counts what a run lacks as none', () => {
    const runs = [{ copy: 10, head: 1 }, { copy: 12 }, { copy: 11 }];
    expect(medianCounts(runs)).toEqual({ copy: 11, head: 0 });
  });
});

describe('what /proc tells', () => {
  it('adds user and system time, whatever the process is called', () => {
    const fields = ['S', ...Array(10).fill('1'), '250', '75', '999'].join(' ');
    expect(cpuSecondsOf(`4711 (node (a) b) ${fields}`)).toBe(3.25);
    expect(cpuSecondsOf('')).toBe(0);
  });

  it('reads the highest resident memory', () => {
    expect(peakMiBOf('Name:\tnode\nVmPeak:\t  999999 kB\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\n')).toBe(
      20,
    );
    expect(peakMiBOf('Name:\tnode\n')).toBe(0);
  });

  it('reads one variable, not one whose name ends alike', () => {
    expect(variableOf('MY_PORT=1\0PORT=2=3\0', 'PORT')).toBe('2=3');
    expect(variableOf('MY_PORT=1\0', 'PORT')).toBeUndefined();
  });

  it('keeps the highest of the processes of a function', () => {
    const use = (functionName: string, peakMiB: number) => ({
      pid: '1',
      functionName,
      cpuSeconds: 1,
      peakMiB,
    });
    expect(peaksByFunction([use('A', 10), use('B', 5), use('A', 30), use('A', 20)])).toEqual({ A: 30, B: 5 });
  });
});

describe('a peer’s program', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const sought = { name: 'no-such-peer', versionArgs: ['--version'], debianPackage: 'peers' };

  it('is told of with how to get it when there is none', async () => {
    const tool = await findTool(sought, { PATH: folder });
    expect(tool).toEqual({
      found: false,
      why:
        'there is no `no-such-peer` on the PATH: install it (`apt-get install peers`) or name it with ' +
        '`--no-such-peer <path>`',
    });
  });

  it('is told of when it is there and does not run', async () => {
    const tool = await findTool({ ...sought, given: '/bin/false' }, {});
    expect(tool).toMatchObject({ found: false, why: expect.stringContaining('ended with 1') });
  });

  it('is the one that was named, with its version', async () => {
    const tool = await findTool({ ...sought, given: process.execPath }, {});
    expect(tool).toEqual({ found: true, path: process.execPath, version: process.version });
  });

  it('says its version and nothing of the machine', () => {
    expect(versionIn('rclone v1.60.1-DEV\n- os/version: debian\n')).toBe('rclone v1.60.1-DEV');
    expect(versionIn('aws-cli/2.9.19 Python/3.11.2 Linux/6.1\n')).toBe('aws-cli/2.9.19');
  });
});
