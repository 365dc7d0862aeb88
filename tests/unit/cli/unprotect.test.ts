import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { UnprotectedSchema } from '../../../operations/json/unprotect.ts';
import { VAULT } from '../../../testing/pipeline.ts';
import { CliWorld, footprint } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { 'a.txt': 'one' });
});

describe('unprotect', () => {
  it('deletes the stack, and keeps what is in the vault', async () => {
    const { code, stdout } = await cli.run('unprotect', 's3://docs', '--yes');

    expect(code).toBe(0);
    expect(stdout).toContain('stays in s3://vault');
    expect(stdout).toContain('EventBridge stays switched on');
    expect(cli.stacks.requests.size).toBe(0);
    expect(cli.pipeline.s3.text(VAULT, 's3/docs/a.txt')).toBe('one');
    expect(cli.pipeline.s3.bucket('docs').eventBridge).toBe(true);
    expect(await cli.pipeline.catalog.getSource('s3://docs')).toMatchObject({ state: 'unprotected' });
  });

  it('answers in JSON as documented', async () => {
    const ran = await cli.run('unprotect', 's3://docs', '-y', '--json');

    expect(v.parse(UnprotectedSchema, ran.json()[0])).toMatchObject({ source: 's3://docs', vault: 'vault' });
  });

  it('asks a person first, and takes only yes for an answer', async () => {
    const before = await footprint(cli);
    cli.answer = '';
    const refused = await cli.run('unprotect', 's3://docs');
    expect(refused).toMatchObject({ code: 1, stderr: 'holdfast: not confirmed; nothing was changed\n' });
    expect(await footprint(cli)).toEqual(before);

    cli.answer = 'y';
    expect((await cli.run('unprotect', 's3://docs')).code).toBe(0);
    expect(cli.questions[1]).toBe('Stop backing up s3://docs? What the vault holds of it stays. [y/N] ');
  });

  it.each([
    ['without --yes where nobody can answer', ['s3://docs'], 'say --yes'],
    ['a part of a bucket', ['s3://docs/a', '--yes'], 'names a part of a bucket'],
    ['what is not protected', ['s3://photos', '--yes'], 's3://photos is not protected'],
    ['what is not a URI', ['docs', '--yes'], 'is not an S3 URI'],
  ])('refuses %s, and changes nothing', async (_, argv, words) => {
    const before = await footprint(cli);

    const { code, stderr } = await cli.run('unprotect', ...argv);

    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(await footprint(cli)).toEqual(before);
  });

  it('works for a bucket that is gone, and for a source whose stack is gone', async () => {
    cli.pipeline.s3.deleteBucket('docs');
    cli.stacks.requests.clear();

    const ran = await cli.run('unprotect', 's3://docs', '--yes', '--json');

    expect(v.parse(UnprotectedSchema, ran.json()[0])).toMatchObject({ stack: null });
    expect(await cli.run('unprotect', 's3://docs', '--yes')).toMatchObject({ code: 2 });
  });

  it('stays protected when the stack cannot be deleted, and says why', async () => {
    cli.stacks.failure = 'CaptureRule (AWS::Events::Rule): access denied';

    const { code, stderr } = await cli.run('unprotect', 's3://docs', '--yes');

    expect(code).toBe(1);
    expect(stderr).toContain('could not delete its stack');
    expect(stderr).toContain('CaptureRule (AWS::Events::Rule): access denied');
    expect(await cli.pipeline.catalog.getSource('s3://docs')).toMatchObject({ state: 'protected' });
  });
});
