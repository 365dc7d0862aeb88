import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { refuseSkewed, skewNote } from '../../../cli/program.ts';
import { skewSeconds } from '../../../operations/clock-skew.ts';
import { serviceClock, skewOf } from '../../../operations/service-clock.ts';
import { MemorySite } from '../../../testing/memory/memory-site.ts';
import { Pipeline, SOURCE } from '../../../testing/pipeline.ts';
import { type FakeAws, fakeAws } from '../../support/fake-aws.ts';
import { SITE_URI, SiteVault } from '../../support/site-vault.ts';
import { CliWorld, OUTPUTS } from './support/given-cli.ts';
import { runOnWire } from './support/wire-cli.ts';

const URI = `s3://${SOURCE}`;
/** What AWS's clock shows. */
const NOW = Date.parse('2026-03-01T12:00:00Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe("the service's clock", () => {
  it('begins with the second that AWS named, and never goes back', () => {
    let passed = -0.2;
    const clock = serviceClock({ date: NOW, sentAt: NOW, tookMs: 30 }, () => passed);

    expect(clock.start).toBe(NOW);
    expect(clock.now()).toBe(NOW);
    passed = 1234.5;
    expect([clock.start, clock.now()]).toEqual([NOW, NOW + 1234]);
  });

  it('takes for a difference of clocks only what no moment between question and answer explains', () => {
    const plan = fc.record({
      /** The machine's clock less AWS's. */
      ahead: fc.integer({ min: -20 * MINUTE, max: 20 * MINUTE }),
      asked: fc.integer({ min: NOW, max: NOW + MINUTE }),
      there: fc.nat(5 * SECOND),
      back: fc.nat(5 * SECOND),
    });
    fc.assert(
      fc.property(plan, ({ ahead, asked, there, back }) => {
        const date = Math.floor((asked + there) / SECOND) * SECOND;
        const skew = skewOf({ date, sentAt: asked + ahead, tookMs: there + back });

        // Never more than it is, never of the other sign, and less by no more than the answer took, and a second.
        expect(Math.abs(skew)).toBeLessThanOrEqual(Math.abs(ahead));
        expect(skew === 0 || Math.sign(skew) === Math.sign(ahead)).toBe(true);
        expect(Math.abs(ahead) - Math.abs(skew)).toBeLessThanOrEqual(there + back + SECOND);
      }),
      { seed: 11, numRuns: 2_000 },
    );
  });

  it.each([
    [0, undefined, null, false],
    [2_999, undefined, null, false],
    [3_000, '3s ahead of', 3, false],
    [-4_500, '4.5s behind', -4, false],
    [180_000, '3m ahead of', 180, false],
    [180_001, '3m ahead of', 180, true],
    [-3_600_000, '1h behind', -3600, true],
  ])('says of %d ms: %s', (skewMs, words, seconds, refused) => {
    if (words === undefined) expect(skewNote({ skewMs })).toBeUndefined();
    else expect(skewNote({ skewMs })).toContain(`the clock of this machine is ${words} AWS's`);
    expect(skewSeconds({ skewMs })).toBe(seconds);
    if (refused) expect(() => refuseSkewed({ skewMs })).toThrow('nothing was changed');
    else refuseSkewed({ skewMs });
  });
});

let aws: FakeAws;
let folder: string;
let pipeline: Pipeline;

/** By how much the machine's clock is ahead of AWS's. */
function machineAhead(ms: number): void {
  vi.setSystemTime(NOW + ms);
}

/** Stores a version, so many seconds ago. */
async function stored(secondsAgo: number, objects: Readonly<Record<string, string>>): Promise<void> {
  pipeline.now = NOW - secondsAgo * SECOND;
  await pipeline.capture(objects);
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  machineAhead(0);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test');
  pipeline = new Pipeline();
  await pipeline.protect();
  aws = await fakeAws({ date: () => NOW, outputs: OUTPUTS, store: pipeline.store });
  folder = await mkdtemp(join(tmpdir(), 'holdfast-clock-'));
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  aws.close();
  await rm(folder, { recursive: true });
});

async function run(...argv: string[]) {
  const { code, stdout, stderr, bytes } = await runOnWire(aws.url, argv);
  return { code, stdout, stderr, bytes };
}

describe('a machine whose clock is wrong', () => {
  it.each([-170, -60, -10, 0, 10, 170])(
    'puts no old bytes over newer ones, and deletes none, %d s off',
    async (off) => {
      await stored(3600, { 'a.txt': 'old', 'gone.txt': 'gone' });
      await stored(3, { 'a.txt': 'new!', 'b.txt': 'newer' });
      await mkdir(join(folder, 'to'));
      for (const [name, body] of [
        ['a.txt', 'new!'],
        ['b.txt', 'newer'],
      ] as const) {
        await writeFile(join(folder, 'to', name), body);
        await utimes(join(folder, 'to', name), NOW / SECOND - 3, NOW / SECOND - 3);
      }
      machineAhead(off * SECOND);

      const ran = await run('restore', URI, '--to', join(folder, 'to'), '--exact', '--overwrite', '--yes');

      expect(ran).toMatchObject({ code: 0 });
      expect((await readdir(join(folder, 'to'))).sort()).toEqual(['a.txt', 'b.txt', 'gone.txt']);
      expect(await readFile(join(folder, 'to', 'a.txt'), 'utf8')).toBe('new!');
      expect(await readFile(join(folder, 'to', 'b.txt'), 'utf8')).toBe('newer');
    },
    60_000,
  );

  it('leaves out what is captured after it began, whatever its own clock says, and goes on with that moment', async () => {
    await stored(10, { 'a.txt': 'one' });
    await stored(-5, { 'a.txt': 'later', 'b.txt': 'later' });
    machineAhead(60 * SECOND);

    const { stdout } = await run('restore', URI, '--to', join(folder, 'to'), '--json');

    expect(JSON.parse(stdout)).toMatchObject({ at: '2026-03-01T12:00:00.000Z', clockSkewSeconds: 59 });
    expect(await readdir(join(folder, 'to'))).toEqual(['a.txt']);
    expect(await readFile(join(folder, 'to', 'a.txt'), 'utf8')).toBe('one');
  });

  const COMMANDS: ReadonlyArray<readonly [string, (at: string) => string[]]> = [
    ['ls', (at) => ['ls', URI, '--at', at, '--json']],
    ['ls of what was deleted', (at) => ['ls', URI, '--at', at, '--deleted', '--json']],
    ['find', (at) => ['find', URI, '**', '--at', at, '--json']],
    ['cat', (at) => ['cat', `${URI}/always`, '--at', at]],
    ['diff', (at) => ['diff', URI, at, '--json']],
    ['diff of two moments', (at) => ['diff', URI, at, 'now', '--json']],
    ['history by hour', () => ['history', URI, '--by', 'hour', '--json']],
    ['history by day', () => ['history', URI, '--json']],
    ['versions', () => ['versions', `${URI}/always`, '--json']],
    [
      'the plan of a restore into a folder',
      (at) => ['restore', URI, '--to', join(folder, 'x'), '--at', at, '--dry-run', '--json'],
    ],
    ['the same of the present', () => ['restore', URI, '--to', join(folder, 'x'), '--dry-run', '--json']],
    [
      'the same since',
      (at) => ['restore', URI, '--to', join(folder, 'x'), '--changed-since', at, '--dry-run', '--json'],
    ],
    ['a restore to standard output', (at) => ['restore', URI, '--to', '-', '--at', at]],
    ['the same of the present', () => ['restore', URI, '--to', '-']],
    [
      'the plan of a restore into a bucket',
      (at) => ['restore', URI, '--to', 's3://holdfast-restore-photos', '--at', at, '--dry-run', '--json'],
    ],
    ['verify', (at) => ['verify', URI, '--at', at, '--all', '--json']],
  ];

  it.each(COMMANDS)(
    'is told the same by %s as one whose clock is right',
    async (_, command) => {
      await stored(7300, { always: '0', early: 'e' });
      for (const ago of [3600, 1800, 600, 90, 30, 8, 2])
        await stored(ago, { always: `at -${ago}`, [`of-${ago}`]: 'x' });
      pipeline.now = NOW - 45 * SECOND;
      pipeline.s3.delete(SOURCE, 'early');
      await pipeline.drain();
      const offsets = fc.integer({ min: -170 * SECOND, max: 170 * SECOND });
      let answered = 0;
      const words = fc.constantFrom('now', '5s ago', '20 s ago', '1m ago', '15 min ago', '2h ago');
      await fc.assert(
        fc.asyncProperty(offsets, words, async (off, at) => {
          machineAhead(0);
          const right = await run(...command(at));
          machineAhead(off);
          const wrong = await run(...command(at));

          // To verify, a vault without its catalog is one of foreign versions.
          answered += right.code === 0 || right.code === 3 ? 1 : 0;
          expect(wrong.code).toBe(right.code);
          expect(withoutTimes(wrong.stdout)).toEqual(withoutTimes(right.stdout));
          expect(wrong.stderr.includes('the clock of this machine')).toBe(Math.abs(off) >= 4 * SECOND);
        }),
        {
          seed: 23,
          numRuns: 6,
          examples: [
            [-60 * SECOND, 'now'],
            [60 * SECOND, '5s ago'],
          ],
        },
      );
      // A comparison of two moments that are one has nothing to compare.
      expect(answered).toBeGreaterThan(3);
    },
    60_000,
  );

  /** When it was done, and the skew, are not what was found. */
  function withoutTimes(stdout: string): string {
    return stdout.replaceAll(/"(startedAt|finishedAt)":"[^"]*"|"(seed|clockSkewSeconds)":[^,}]*/g, '');
  }

  it.each([
    ['now', '2026-03-01T12:00:00.000Z'],
    ['2h ago', '2026-03-01T10:00:00.000Z'],
    ['yesterday 18:00', '2026-02-28T18:00:00.000Z'],
    ['today', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T12:00:30Z', '2026-03-01T12:00:00.000Z'],
  ])('reckons "%s" from the time of AWS', async (text, instant) => {
    await stored(100_000, { a: '1' });
    machineAhead(-26 * 3600 * SECOND);

    expect((await run('ls', URI, '--at', text)).stderr).toContain(`as of ${instant}`);
  });

  it('is told so, and still may read', async () => {
    await stored(60, { a: '1' });
    machineAhead(-26 * 3600 * SECOND);

    const { code, stdout, stderr } = await run('ls', URI);

    expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 1 });
    expect(stderr).toContain("the clock of this machine is 1d 1h behind AWS's");
  });

  it.each([
    ['restore into a folder', () => ['restore', URI, '--to', join(folder, 'x')]],
    ['restore into an archive', () => ['restore', URI, '--to', join(folder, 'x.tar')]],
    ['restore to standard output', () => ['restore', URI, '--to', '-']],
    ['restore into a bucket', () => ['restore', URI, '--to', 's3://holdfast-restore-photos']],
    ['restore into a site', () => ['restore', 'workdocs://d-1', '--to', 'workdocs://d-2']],
    ['protect', () => ['protect', 's3://other']],
    ['protect of a site', () => ['protect', 'workdocs://d-1234567890']],
    ['unprotect', () => ['unprotect', URI, '--yes']],
    ['reconcile', () => ['reconcile', URI]],
    ['approve', () => ['approve', URI, '--yes']],
    ['import', () => ['import', 'workdocs-export', 's3://exports/d-1234567890/', '--yes']],
    ['job --cancel', () => ['job', 'j', '--cancel', '--yes']],
    ['job --resume', () => ['job', 'j', '--resume']],
    ['failures --redrive', () => ['failures', '--redrive']],
    ['reindex', () => ['reindex']],
  ])('may not change anything when it is minutes off: %s', async (_, argv) => {
    await stored(60, { a: '1' });
    machineAhead(10 * MINUTE);

    const { code, stderr } = await run(...argv());

    expect(stderr).toContain(
      "the clock of this machine is 9m 59s ahead of AWS's: nothing is written or deleted",
    );
    expect(code).toBe(1);
    // Nothing but the stack was asked for.
    expect(new Set(aws.requests)).toEqual(new Set(['DescribeStacks']));
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a WorkDocs site', () => {
  it.each([-150, -5, 5, 150])('is restored as AWS has the time, %d s off', async (off) => {
    const vault = new SiteVault(pipeline);
    const at = (secondsAgo: number) => {
      pipeline.now = NOW - secondsAgo * SECOND;
    };
    at(3600);
    await vault.begin();
    await vault.user('anna');
    await vault.file('d', 'anna-root', 'plan.txt', 'old');
    at(3);
    await vault.document({ id: 'd', parentId: 'anna-root', name: 'plan.txt' }, [
      { id: 'd-1', text: 'old' },
      { id: 'd-2', text: 'new' },
    ]);
    at(-2);
    await vault.file('e', 'anna-root', 'later.txt', 'later');
    machineAhead(off * SECOND);
    const target = new MemorySite({ clock: () => NOW, organizationId: 'd-2222222222' });
    target.model.createUser('anna');

    expect(await run('restore', SITE_URI, '--to', join(folder, 'x'))).toMatchObject({ code: 0 });
    const ran = await runOnWire(
      aws.url,
      ['restore', SITE_URI, '--to', 'workdocs://d-2222222222', '--json'],
      target,
    );

    expect(await readdir(join(folder, 'x', 'anna'))).toEqual(['plan.txt']);
    expect(await readFile(join(folder, 'x', 'anna', 'plan.txt'), 'utf8')).toBe('new');
    expect(JSON.parse(ran.stdout)).toMatchObject({
      at: '2026-03-01T12:00:00.000Z',
      result: { counts: { restored: 1 } },
    });
  });
});

describe('in a whole pipeline', () => {
  it('restores into a bucket as of when the command began, also when the functions come late', async () => {
    const cli = new CliWorld();
    await cli.givenProtected('docs', { 'a.txt': 'one' });
    const began = cli.pipeline.now;
    await cli.run('restore', 's3://docs', '--to', 's3://holdfast-restore-photos', '--job-id', 'j');
    const [sent] = cli.pipeline.queue.waiting('restore');
    expect(JSON.parse(sent ?? '')).toMatchObject({ at: new Date(began).toISOString() });

    cli.pipeline.now += 30 * SECOND;
    cli.pipeline.s3.put('docs', 'a.txt', 'later');
    await cli.pipeline.drain();

    expect(cli.pipeline.s3.text('holdfast-restore-photos', 'a.txt')).toBe('one');
  });

  it('names jobs and dates sources by the time of AWS', async () => {
    const cli = new CliWorld();
    cli.clockAheadMs = 100 * SECOND;
    await cli.givenProtected('docs', { 'a.txt': 'one' });
    await cli.run('restore', 's3://docs', '--to', 's3://holdfast-restore-photos', '--wait');

    const [source] = await cli.pipeline.catalog.listSources();
    expect(source?.protectedAt).toBe(NOW);
    const ids = (await cli.pipeline.catalog.listJobs()).map(({ id }) => id);
    expect(ids.join(' ')).toMatch(/^reconcile-20260301-12000\d-\w+ restore-20260301-12000\d-\w+$/);
  });
});
