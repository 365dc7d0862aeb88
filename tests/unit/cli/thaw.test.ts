import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { JobResultSchema } from '../../../operations/json/job.ts';
import { TARGET, VAULT } from '../../../testing/pipeline.ts';
import { CliWorld } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { a: 'one', b: 'two', c: 'three' });
  for (const key of ['a', 'b']) cli.pipeline.s3.transition(VAULT, `s3/docs/${key}`, 'GLACIER');
});

const restore = (...more: string[]) =>
  cli.run('restore', 's3://docs', '--to', `s3://${TARGET}`, '--job-id', 'cold', '--yes', ...more);

describe('the plan of a restore that has to thaw', () => {
  it('tells time and price of each tier, and which is asked for', async () => {
    cli.pipeline.s3.transition(VAULT, 's3/docs/a', 'DEEP_ARCHIVE');
    const args = ['restore', 's3://docs', '--to', `s3://${TARGET}`, '--tier', 'expedited', '--dry-run'];
    const { stdout } = await cli.run(...args);

    expect(stdout).toMatch(/^GLACIER +bulk +5h to 12h +\S+$/m);
    expect(stdout).toMatch(/^GLACIER +standard +3h to 5h +<\$0.01$/m);
    expect(stdout).toMatch(/^GLACIER +expedited +1m to 5m +\$0.01 +asked for$/m);
    expect(stdout).toMatch(/^DEEP_ARCHIVE +standard +up to 12h +<\$0.01 +asked for$/m);
    expect(stdout).not.toMatch(/^DEEP_ARCHIVE +expedited/m);

    const [json] = (await cli.run(...args, '--json')).json();
    expect(json).toMatchObject({ plan: { archived: { GLACIER: { objects: 1 } } } });
    expect(json).toMatchObject({ plan: { thaws: { length: 5 } } });
  });
});

describe('a restore that has to thaw', () => {
  it('tells how many are thawed, and when the rest can be read', async () => {
    await restore('--tier', 'bulk', '--days', '2');
    await cli.pipeline.drain();
    const readyBy = new Date(cli.pipeline.now + 12 * 3_600_000).toISOString();

    const { stdout } = await cli.run('job', 'cold');
    expect(stdout).toContain('1 restored (5 B), 0 already right, 2 thawing');
    expect(stdout).toContain(`all that was asked for can be read by ${readyBy}`);
    expect((await cli.run('jobs')).stdout).toMatch(
      /cold .*running .* 1 of 3 objects, .*, 2 thawing, 0 thawed\n/,
    );

    const json = v.parse(JobResultSchema, (await cli.run('job', 'cold', '--json')).json()[0]);
    expect(json.thaws).toEqual({ waiting: 2, ready: 0, readyBy });
    cli.pipeline.pass(12 * 3600);
    await cli.pipeline.hearThawed(cli.pipeline.thawEvents.splice(0, 1));
    const later = v.parse(JobResultSchema, (await cli.run('job', 'cold', '--json')).json()[0]);
    expect(later.thaws).toEqual({ waiting: 1, ready: 1, readyBy });
  });

  it('is waited for as long as it takes, and is not taken for one that stands still', async () => {
    cli.meanwhile = async () => {
      cli.pipeline.pass(0);
      await cli.pipeline.hearThawed();
      await cli.pipeline.drain();
    };
    const { code, stdout } = await restore('--tier', 'expedited', '--wait');

    expect(code).toBe(0);
    expect(stdout).toContain('3 restored');
    expect(stdout).toContain('2 thawed');
    expect(cli.progress.join('\n')).toContain('2 thawing, 0 thawed');
  });

  it('says that nothing in a deep archive is expedited', async () => {
    cli.pipeline.s3.transition(VAULT, 's3/docs/a', 'DEEP_ARCHIVE');
    await restore('--tier', 'expedited');
    await cli.pipeline.drain();

    expect((await cli.run('job', 'cold')).stdout).toContain(
      '1 object in a deep archive asked for as standard: there is no expedited',
    );
  });
});
