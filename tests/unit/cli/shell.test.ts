import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../../cli/errors.ts';
import { ErrorSchema } from '../../../cli/json/error.ts';
import { COMMANDS } from '../../../cli/registry.ts';
import { CliWorld } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(() => {
  cli = new CliWorld();
});

describe('the command line', () => {
  it('lists its commands, its options and its exit codes', async () => {
    const { code, stdout } = await cli.run('--help');

    expect(code).toBe(0);
    for (const name of Object.keys(COMMANDS)) expect(stdout).toContain(`  ${name} `);
    for (const option of ['--stack', '--region', '--profile', '--endpoint-url', '--json']) {
      expect(stdout).toContain(option);
    }
    expect(stdout).toContain('130  interrupted');
  });

  it.each(Object.keys(COMMANDS))('explains %s with examples and exit codes', async (name) => {
    const { code, stdout, stderr } = await cli.run(name, '--help');

    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.match(new RegExp(`\\$ holdfast ${name}`, 'g'))?.length).toBeGreaterThanOrEqual(2);
    expect(stdout).toContain('Exit codes:');
    expect(stdout).toContain('2    usage or bad input');
    expect(await cli.run('help', name)).toMatchObject({ code: 0, stdout });
    expect(cli.connects).toEqual([]);
  });

  it('prints its version', async () => {
    expect(await cli.run('--version')).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  });

  it('shows the help when no command is named, as an error', async () => {
    const { code, stdout, stderr } = await cli.run();

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: holdfast');
  });

  it.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['sources', '--frob'], "unknown option '--frob'"],
    [['protect'], "missing required argument 'uri'"],
    [['ls', 's3://photos', 's3://more'], 'too many arguments'],
    [['jobs', '--limit', '0'], 'not a whole number above 0'],
    [['jobs', '--limit', 'many'], 'not a whole number above 0'],
    [['jobs', '--kind', 'drill'], 'Allowed choices are reconcile, restore'],
    [['restore', 's3://photos'], 'name a target with --to'],
  ])('refuses %j in one line', async (argv, words) => {
    const { code, stdout, stderr } = await cli.run(...argv);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^holdfast: [^\n]*\n$/);
    expect(stderr).toContain(words);
    expect(cli.connects).toEqual([]);
  });

  it('hands on how to find the stack, before and behind the command', async () => {
    await cli.run('--stack', 'other', 'sources', '--region', 'eu-west-1', '--profile', 'work');
    await cli.run('sources', '--endpoint-url', 'http://127.0.0.1:1', '--json');

    expect(cli.connects).toEqual([
      { stack: 'other', region: 'eu-west-1', profile: 'work' },
      { stack: 'holdfast', endpointUrl: 'http://127.0.0.1:1', json: true },
    ]);
  });

  it('tells an error in JSON too, beside the line for people', async () => {
    cli.unreachable = new CommandError('there is no stack "holdfast"', 'no-stack');

    const ran = await cli.run('sources', '--json');

    expect(ran.code).toBe(1);
    expect(ran.stderr).toBe('holdfast: there is no stack "holdfast"\n');
    expect(v.parse(ErrorSchema, ran.json()[0])).toEqual({
      error: { kind: 'no-stack', message: 'there is no stack "holdfast"', exitCode: 1 },
    });
  });

  it('cannot be made to drive the terminal by what it is given', async () => {
    const { stderr } = await cli.run('protect', 's3://\u001b]0;title\u0007\nx');

    expect(stderr).toMatch(/^holdfast: [^\n]*\\x1b\]0;title\\x07\\nx[^\n]*\n$/);
  });
});

describe('Ctrl+C', () => {
  it('ends with 130 and says that the job goes on', async () => {
    await cli.givenProtected('docs');
    cli.meanwhile = async () => cli.interrupt.abort();

    const { code, stderr } = await cli.run('reconcile', 's3://docs', '--wait');

    expect(code).toBe(130);
    expect(stderr).toMatch(
      /^holdfast: interrupted: job (reconcile-\S+) goes on; follow it with: holdfast job \1 --wait\n$/,
    );
    expect(cli.pipeline.queue.waiting('reconcile')).toHaveLength(1);
  });
});
