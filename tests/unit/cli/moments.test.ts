import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { machineZone } from '../../../cli/moments/machine-zone.ts';
import { readMoment } from '../../../cli/moments/read-moment.ts';
import { startOfDay, wallTime } from '../../../cli/moments/wall-clock.ts';
import { momentOrVersion } from '../../../cli/options.ts';
import { CliWorld } from './support/given-cli.ts';

/** A Saturday. */
const NOW = '2026-11-21T09:30:15.000Z';
const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';

async function read(text: string, zone = 'UTC', now = NOW): Promise<string> {
  return new Date(await readMoment(text, { now: Date.parse(now), zone })).toISOString();
}

const machine = process.env['TZ'];
afterEach(() => {
  if (machine === undefined) delete process.env['TZ'];
  else process.env['TZ'] = machine;
});

describe('a moment in words', () => {
  it.each([
    ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T13:00:00.250+01:00', '2026-03-01T12:00:00.250Z'],
    ['2026-03-01T13:00+01:00', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01 12:00Z', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01', '2026-02-28T23:00:00.000Z'],
    ['2026-03-01T18:00', '2026-03-01T17:00:00.000Z'],
    ['2026-03-01 18:00:05', '2026-03-01T17:00:05.000Z'],
    ['2026-07-01 18:00', '2026-07-01T16:00:00.000Z'],
    ['1 March 2026', '2026-02-28T23:00:00.000Z'],
    ['March 1, 2026 at 6pm', '2026-03-01T17:00:00.000Z'],
    ['1 Jul 2026 12am', '2026-06-30T22:00:00.000Z'],
    ['today', '2026-11-20T23:00:00.000Z'],
    ['Yesterday', '2026-11-19T23:00:00.000Z'],
    ['yesterday 18:00', '2026-11-20T17:00:00.000Z'],
    ['yesterday at 6:30 pm', '2026-11-20T17:30:00.000Z'],
    ['18:00 yesterday', '2026-11-20T17:00:00.000Z'],
    ['yesterday 18:00 UTC', '2026-11-20T18:00:00.000Z'],
    ['2026-03-01 UTC', '2026-03-01T00:00:00.000Z'],
    ['7:05', '2026-11-21T06:05:00.000Z'],
    ['last friday', '2026-11-19T23:00:00.000Z'],
    ['last saturday 9:00', '2026-11-14T08:00:00.000Z'],
    ['now', NOW],
    ['2h ago', '2026-11-21T07:30:15.000Z'],
    ['90 min ago', '2026-11-21T08:00:15.000Z'],
    ['1h 30m ago', '2026-11-21T08:00:15.000Z'],
    ['half an hour ago', '2026-11-21T09:00:15.000Z'],
    ['a week ago', '2026-11-14T09:30:15.000Z'],
    ['1.5 days ago', '2026-11-19T21:30:15.000Z'],
    ['  2   weeks ago ', '2026-11-07T09:30:15.000Z'],
  ])('"%s" is %s in Berlin', async (text, instant) => {
    expect(await read(text, BERLIN)).toBe(instant);
  });

  it.each([
    'soon',
    'yesterday 18:00 or so',
    'yesterday ago',
    'yesterday 18',
    '0pm',
    '18:00pm',
    '24:00',
    '0000-01-01',
    '999999999999 weeks ago',
    '2026-03-01T12:00+99:00',
    'yesterday 18:00-19:00',
    'yesterday 24:30',
    'yesterday 18:60',
    'yesterday evening',
    'yesterday 18:00 PST',
    'monday',
    'last week',
    'last month',
    '1 month ago',
    'a few hours ago',
    '-2h ago',
    '2 ago',
    '2 hours',
    'ago',
    '1 March',
    'March 2026',
    '5 march 26',
    '3/4/2026',
    '01.03.2026',
    '2026-3-1',
    '2026-02-31',
    '2026-02-31T00:00:00Z',
    '31 February 2026',
    '2026-13-01',
    '2026-03-01 25:00',
    '2026-03-01 2026-03-02',
    'monday 1 March 2026',
    '',
  ])('"%s" is refused: it leaves something open, or cannot be', async (text) => {
    await expect(read(text)).rejects.toThrow(/is not a (moment|time)/);
  });

  it('is the same on machines in any zone, also on the days when their clocks change', async () => {
    const read24 = async () => {
      const days = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-25', '2026-11-01'];
      const hours = Array.from({ length: 24 }, (_, hour) => hour);
      const texts = days.flatMap((day) => hours.map((hour) => `${day} ${hour}:30`));
      return Promise.all(
        // In Nuuk, 23:30 of that Saturday is skipped.
        [read('yesterday', 'UTC', '2026-03-28T23:30:00Z')].concat(
          texts.flatMap((text) => [
            read(text),
            read('yesterday 2:30', 'UTC', `${text.slice(0, 10)}T12:00:00Z`),
            read('last sunday', 'UTC', `${text.slice(0, 10)}T02:30:00Z`),
          ]),
        ),
      );
    };
    process.env['TZ'] = 'UTC';
    const expected = await read24();
    expect(expected.slice(0, 2)).toEqual(['2026-03-27T00:00:00.000Z', '2026-03-08T00:30:00.000Z']);
    for (const zone of [NEW_YORK, BERLIN, 'America/Nuuk', 'Pacific/Auckland', 'Australia/Lord_Howe']) {
      process.env['TZ'] = zone;
      expect(await read24()).toEqual(expected);
    }
  });

  it('knows the days on which the clock is put forward or back', async () => {
    expect(await read('2026-03-08', NEW_YORK)).toBe('2026-03-08T05:00:00.000Z');
    expect(await read('2026-03-08 3:30', NEW_YORK)).toBe('2026-03-08T07:30:00.000Z');
    expect(await read('2026-03-09', NEW_YORK)).toBe('2026-03-09T04:00:00.000Z');
    expect(await read('2026-11-01', NEW_YORK)).toBe('2026-11-01T04:00:00.000Z');
    expect(await read('2026-11-02', NEW_YORK)).toBe('2026-11-02T05:00:00.000Z');
    expect(await read('yesterday', NEW_YORK, '2026-11-02T04:30:00Z')).toBe('2026-10-31T04:00:00.000Z');
    expect(await read('2h ago', NEW_YORK, '2026-03-08T07:30:00Z')).toBe('2026-03-08T05:30:00.000Z');
  });

  it('refuses an hour that the clock skips, and one that it shows twice', async () => {
    await expect(read('2026-03-08 2:30', NEW_YORK)).rejects.toThrow('the clock was put forward');
    await expect(read('2026-11-01 1:30', NEW_YORK)).rejects.toThrow('comes twice in America/New_York');
    expect(await read('2026-11-01T01:30:00-04:00', NEW_YORK)).toBe('2026-11-01T05:30:00.000Z');
    expect(await read('now', NEW_YORK, '2026-11-01T05:30:00.000Z')).toBe('2026-11-01T05:30:00.000Z');
  });

  it('begins a day without a midnight when its clock is put forward', () => {
    const day = Date.parse('2026-04-24T00:00:00Z');
    const start = startOfDay(day, 'Africa/Cairo');
    expect(new Date(start).toISOString()).toBe('2026-04-23T22:00:00.000Z');
    expect(new Date(wallTime(start, 'Africa/Cairo')).toISOString()).toBe('2026-04-24T01:00:00.000Z');
  });
});

describe('the zone of the machine', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin', 120],
    ['EST5EDT', 'America/New_York', -240],
    ['UTC-3', '+03:00', 180],
    ['UTC+5', '-05:00', -300],
    ['', 'UTC', 0],
  ])('TZ="%s" is %s', (name, zone, minutes) => {
    process.env['TZ'] = name;
    expect(machineZone()).toBe(zone);
    const summer = Date.parse('2026-07-01T12:00:00Z');
    expect(wallTime(summer, zone) - summer).toBe(minutes * 60_000);
  });
});

describe('the time zone of TZ', () => {
  const SUMMER = Date.parse('2026-07-01T12:00:00Z');
  it.each([
    ['Europe/Berlin', 120],
    [':Europe/Berlin', 120],
    ['posix/Europe/Berlin', undefined],
    ['europe/berlin', 120],
    ['EST5EDT', -240],
    ['EST', -300],
    ['Etc/GMT+3', -180],
    ['UTC', 0],
    ['UTC0', 0],
    ['GMT', 0],
    ['UTC-3', 180],
    ['JST-9', 540],
    ['IST-5:30', 330],
    ['<+0330>-3:30', 210],
    ['XYZ3', -180],
    ['', 0],
    ['Mars/Phobos', undefined],
    ['Berlin', undefined],
    ['CET-1CEST', undefined],
    ['CET-1CEST,M3.5.0,M10.5.0/3', undefined],
    ['UTC-25', undefined],
    ['+02:00', undefined],
    ['+03', undefined],
    ['Etc/Unknown', undefined],
    ['Europe/Berlin ', undefined],
    [' ', undefined],
    [':', undefined],
    ['__proto__', undefined],
    ['/no/such/zone', undefined],
    ['/etc/passwd', undefined],
  ])('"%s" is %s minutes from UTC in summer, or refused', (said, minutes) => {
    if (minutes === undefined) expect(() => machineZone(said)).toThrow(`TZ="${said}" is no time zone`);
    else expect(wallTime(SUMMER, machineZone(said)) - SUMMER).toBe(minutes * 60_000);
  });

  it('never is UTC in silence, whatever it says', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...'UTCGMEuropeBrlin/+-:<>0123459_ ,.'),
      minLength: 1,
    });
    fc.assert(
      fc.property(letters, (said) => {
        let zone: string;
        try {
          zone = machineZone(said);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
          return;
        }
        // What counts as UTC says so: a name of it, or the offset 0.
        if (zone === 'UTC')
          expect(said).toMatch(/^:?(\w*(UTC|GMT|UCT|Zulu|Universal|Greenwich)\w*|.*[^1-9]0+(:00)?)$/i);
      }),
      { seed: 5, numRuns: 20_000 },
    );
  });

  it('is the zone of the file that it names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-zones-'));
    await mkdir(join(folder, 'zoneinfo', 'Europe'), { recursive: true });
    await writeFile(join(folder, 'zoneinfo', 'Europe', 'Berlin'), '');
    await symlink(join(folder, 'zoneinfo', 'Europe', 'Berlin'), join(folder, 'localtime'));

    expect(machineZone(`:${folder}/localtime`)).toBe('Europe/Berlin');
    await rm(folder, { recursive: true });
  });
});

describe('a moment or a version', () => {
  const cli = new CliWorld();
  const { clock, ...rest } = cli.connection;
  const connection = { ...rest, clock: { ...clock, start: Date.parse(NOW) } };
  const context = { connect: async () => connection, zone: 'UTC', kinds: cli.kinds };

  it.each(['3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY-MTRCxf3vjVBH40', 'c2VjcmV0X3ZlcnNpb25faWQ'])(
    '%s is a version',
    async (versionId) => {
      expect(await momentOrVersion(versionId, 's3://photos', context)).toEqual({ versionId });
    },
  );

  it.each(['2026-03-01T12:00:00.000Z', '2h ago', 'now', 'yesterday'])('%s is a moment', async (text) => {
    expect(await momentOrVersion(text, 's3://photos', context)).toHaveProperty('at');
  });

  it.each(['2026-02-31', 'yesterdy', '2027-01-01'])('%s is neither', async (text) => {
    await expect(momentOrVersion(text, 's3://photos', context)).rejects.toThrow(
      /is not a moment|lies in the future/,
    );
  });

  it.each(['v1', '1429-0a1b', 'a=b@c+d.e_f-g'])(
    '%s is a version of a site, and none of a bucket',
    async (id) => {
      expect(await momentOrVersion(id, 'workdocs://d-1234567890', context)).toEqual({ versionId: id });
      await expect(momentOrVersion(id, 's3://photos', context)).rejects.toThrow('is not a moment');
    },
  );

  it('a site takes a moment for a moment', async () => {
    expect(await momentOrVersion('2h ago', 'workdocs://d-1234567890', context)).toHaveProperty('at');
  });
});
