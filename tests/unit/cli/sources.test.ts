import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { SourcesSchema } from '../../../operations/json/sources.ts';
import { CliWorld } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(() => {
  cli = new CliWorld();
});

async function listed(...argv: string[]) {
  return v.parse(SourcesSchema, (await cli.run('sources', '--json', ...argv)).json()[0]).sources;
}

describe('sources', () => {
  it('says how to begin when there are none', async () => {
    expect(await cli.run('sources')).toMatchObject({
      code: 0,
      stdout: 'nothing is protected yet; begin with: holdfast protect s3://bucket\n',
    });
    expect(await listed()).toEqual([]);
  });

  it('shows what is protected in a table', async () => {
    await cli.givenProtected('docs', { a: 'x'.repeat(2048), b: 'y' });
    cli.pipeline.s3.put('docs', 'c', 'z');
    await cli.pipeline.drain();
    cli.pipeline.pass(7200);

    const { stdout } = await cli.run('sources');

    expect(stdout.split('\n')).toEqual(
      [
        'SOURCE       STATE      WIRING  OBJECTS   SIZE  LAST EVENT  RECONCILED  UNPROTECTED',
        's3://docs    protected  ok            3  2 KiB  2h ago      2h ago                0',
        '',
      ].map((line) => line.replace('SOURCE       ', 'SOURCE     ').replace('s3://docs    ', 's3://docs  ')),
    );
  });

  it('answers in JSON as documented', async () => {
    await cli.givenProtected('docs', { a: 'x' });
    cli.pipeline.s3.put('docs', 'b', 'y');
    await cli.pipeline.drain();

    expect(await listed()).toMatchObject([
      {
        source: 's3://docs',
        state: 'protected',
        objects: 2,
        lag: { captures: 1, p50Seconds: 1, p99Seconds: 1 },
        stack: { status: 'CREATE_COMPLETE' },
      },
    ]);
  });

  it('tells of a source that hears of no taggings, since it was protected before that was possible', async () => {
    await cli.givenProtected('docs', { a: 'x' });
    const { catalog } = cli.pipeline;
    const row = await catalog.getSource('s3://docs');
    if (row === undefined) throw new Error('no row');
    const { tagChanges: _, watchedSince: __, ...earlier } = row;
    await catalog.putSource(earlier);

    expect(await listed()).toMatchObject([
      { tagChanges: 'earlier', renewWith: 'holdfast protect s3://docs' },
    ]);
    expect((await cli.run('sources')).stdout).toContain('tags that change are not captured; run again:');

    await cli.run('protect', 's3://docs');
    expect(await listed()).toMatchObject([{ tagChanges: 'on' }]);
    expect((await cli.run('sources')).stdout).not.toContain('earlier version');
  });

  it('leaves out what is no longer protected unless asked for', async () => {
    await cli.givenProtected('docs', { a: 'x' });
    await cli.run('unprotect', 's3://docs', '--yes');

    expect(await listed()).toEqual([]);
    expect(await listed('--all')).toMatchObject([{ source: 's3://docs', state: 'unprotected', objects: 1 }]);
  });

  it('tells of a source whose stack is gone, and of a stack whose source is unknown', async () => {
    await cli.givenProtected('docs');
    const [request] = [...cli.stacks.requests.values()];
    cli.stacks.requests.clear();
    if (request === undefined) throw new Error('no stack');
    cli.stacks.requests.set('other', {
      ...request,
      name: 'other',
      tags: { ...request.tags, 'holdfast:source': 's3://x' },
    });
    cli.stacks.requests.set('foreign', { ...request, name: 'foreign', tags: {} });

    expect(await listed()).toMatchObject([
      { source: 's3://docs', wiring: 'broken', wiringDetail: expect.stringContaining('its stack is gone') },
      { source: 's3://x', state: 'unregistered', wiringDetail: expect.stringContaining('holdfast reindex') },
    ]);
    expect((await cli.run('sources')).stdout).toContain('s3://docs: its stack is gone');
  });
});
