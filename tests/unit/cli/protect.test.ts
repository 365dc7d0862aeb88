import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { JobResultSchema, StartedSchema } from '../../../operations/json/job.ts';
import { ProtectedSchema } from '../../../operations/json/protect.ts';
import { VAULT } from '../../../testing/pipeline.ts';
import { CliWorld, footprint } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(() => {
  cli = new CliWorld();
  cli.givenBucket('docs', { 'a.txt': 'one', 'b.txt': 'two' });
});

describe('protect', () => {
  it('wires the bucket, registers it and begins the first reconcile', async () => {
    const { code, stdout } = await cli.run('protect', 's3://docs');

    expect(code).toBe(0);
    expect(stdout).toContain('s3://docs is protected from now on');
    expect(stdout).toContain('holdfast job reconcile-20260301-120000-r1 --wait');
    const [request] = [...cli.stacks.requests.values()];
    expect(request?.parameters).toMatchObject({
      Bucket: 'docs',
      Prefix: '',
      CaptureQueueArn: 'arn:aws:sqs:us-east-1:111122223333:capture',
      CoreStack: 'holdfast',
      AlarmTopicArn: 'arn:alarms',
    });
    expect(request?.tags).toEqual({ 'holdfast:source': 's3://docs', 'holdfast:stack': 'holdfast' });
    expect(request?.template).toContain('AWS::Events::Rule');
    expect(cli.pipeline.s3.bucket('docs').eventBridge).toBe(true);
    expect(await cli.pipeline.catalog.getSource('s3://docs')).toMatchObject({ state: 'protected' });
  });

  it.each([
    [[], true, 'on'],
    [['--tags-changed', 'on'], true, 'on'],
    [['--tags-changed', 'off'], false, 'off'],
  ] as const)('hears of tags that change, unless told not to: %j', async (options, tagChanges, shown) => {
    await cli.run('protect', 's3://docs', ...options);

    const [request] = [...cli.stacks.requests.values()];
    expect(request?.parameters).toMatchObject({ TagChanges: String(tagChanges) });
    expect(JSON.parse(cli.pipeline.s3.text(VAULT, 'sources/s3/docs.json') ?? '')).toMatchObject({
      tagChanges,
    });
    const [listed] = (await cli.run('sources', '--json')).json() as [{ sources: unknown[] }];
    expect(listed.sources).toMatchObject([{ tagChanges: shown }]);
  });

  it('refuses another setting than on or off, and any for a site', async () => {
    expect(await cli.run('protect', 's3://docs', '--tags-changed', 'maybe')).toMatchObject({ code: 2 });
    const site = await cli.run('protect', 'workdocs://d-1234567890', '--tags-changed', 'off');
    expect(site).toMatchObject({ code: 2, stderr: expect.stringContaining('--tags-changed is for buckets') });
  });

  it('remembers ACLs only where it is told to, and ends that when it is not told again', async () => {
    const { s3, catalog } = cli.pipeline;
    s3.bucket('docs').ownership = 'ObjectWriter';
    const listed = async () => {
      const [json] = (await cli.run('sources', '--json')).json() as [{ sources: unknown[] }];
      return json.sources;
    };
    const asked = () => [...cli.stacks.requests.values()].at(-1)?.parameters['Acls'];
    await cli.run('protect', 's3://docs');
    expect([asked(), await listed()]).toMatchObject(['false', [{ acls: 'off' }]]);

    const on = await cli.run('protect', 's3://docs', '--acls');
    expect(on.stdout).toContain('ACLs are remembered where they are not the default one');
    expect([asked(), await listed()]).toMatchObject(['true', [{ acls: 'on' }]]);
    const { acls } = (await catalog.getSource('s3://docs')) ?? {};
    expect(acls).toEqual({ since: expect.any(Number) });
    expect(JSON.parse(s3.text(VAULT, 'sources/s3/docs.json') ?? '')).toMatchObject({ acls });

    await cli.run('protect', 's3://docs', '--acls');
    expect((await catalog.getSource('s3://docs'))?.acls).toEqual(acls);
    await cli.run('protect', 's3://docs');
    expect([asked(), await listed()]).toMatchObject(['false', [{ acls: 'off' }]]);
    expect((await catalog.getSource('s3://docs'))?.acls).toEqual({ ...acls, until: expect.any(Number) });
  });

  it('says clearly of a bucket that has ACLs switched off that there are none to remember', async () => {
    const { stdout } = await cli.run('protect', 's3://docs', '--acls');
    expect(stdout).toContain('s3://docs has ACLs switched off (object ownership: BucketOwnerEnforced)');
    const [{ sources }] = (await cli.run('sources', '--json')).json() as [{ sources: unknown[] }];
    expect(sources).toMatchObject([{ acls: 'disabled' }]);
    const site = await cli.run('protect', 'workdocs://d-1234567890', '--acls');
    expect(site).toMatchObject({ code: 2, stderr: expect.stringContaining('--acls is for buckets') });
  });

  it('waits for the first reconcile and says what it captured', async () => {
    const { code, stdout } = await cli.run('protect', 's3://docs', '--wait');

    expect(code).toBe(0);
    expect(stdout).toContain('2 captured (6 B)');
    expect(cli.pipeline.s3.text(VAULT, 's3/docs/a.txt')).toBe('one');
    expect(cli.progress.some((text) => text.includes('waiting for it to begin'))).toBe(true);
  });

  it('answers in JSON as documented', async () => {
    const ran = await cli.run('protect', 's3://docs', '--wait', '--json');

    expect(ran.json()).toHaveLength(1);
    expect(v.parse(ProtectedSchema, ran.json()[0])).toMatchObject({
      source: 's3://docs',
      result: { job: { state: 'done', counts: { captured: 2 } }, problems: [] },
    });
  });

  it('takes a prefix and filters, in the URI or beside it', async () => {
    await cli.run('protect', 's3://docs/a', '--exclude', '**/*.tmp', '--exclude', 'x*', '--include', '*.txt');

    expect(await cli.pipeline.catalog.getSource('s3://docs')).toMatchObject({
      prefix: 'a',
      include: ['*.txt'],
      exclude: ['**/*.tmp', 'x*'],
    });
    expect([...cli.stacks.requests.values()][0]?.parameters).toMatchObject({ Prefix: 'a' });
  });

  it('leaves the first reconcile out when told to', async () => {
    const ran = await cli.run('protect', 's3://docs', '--no-initial', '--json');

    expect(ran.code).toBe(0);
    expect(v.parse(ProtectedSchema, ran.json()[0])).toMatchObject({ jobId: null, result: null });
    expect(cli.pipeline.queue.idle).toBe(true);
  });

  it('ends with 3 when some of it could not be captured', async () => {
    cli.pipeline.s3.put('docs', 'frozen', 'x', { storageClass: 'DEEP_ARCHIVE' });

    const { code, stdout } = await cli.run('protect', 's3://docs', '--wait');

    expect(code).toBe(3);
    expect(stdout).toContain('archived: frozen');
  });

  it.each([
    ['an invalid URI', ['docs'], '"docs" is not an S3 URI'],
    ['nearly a site', ['workdocs:/d-1234567890'], 'or workdocs://site[/user/folder]'],
    ['an impossible name', ['s3://Docs'], 'cannot be a bucket name'],
    ['an invalid glob', ['s3://docs', '--include', '[a'], '"[a" is not a valid glob'],
    ['two prefixes', ['s3://docs/a', '--prefix', 'b'], 'the prefix is given twice'],
    ['waiting for nothing', ['s3://docs', '--no-initial', '--wait'], '--no-initial'],
    ['a bucket that does not exist', ['s3://nowhere'], 'there is no bucket s3://nowhere'],
    ['the vault itself', [`s3://vault`], 's3://vault is the vault itself'],
    ['a bucket in another region', ['s3://far'], 's3://far is in eu-west-1'],
    ['a bucket of somebody else', ['s3://theirs'], 'access denied to s3://theirs'],
    ['a bucket that is protected otherwise', ['s3://known/a'], 's3://known is already protected'],
    ['other globs', ['s3://known', '--exclude', '*.tmp'], 'holdfast unprotect s3://known first'],
  ])('refuses %s and changes nothing', async (_, argv, words) => {
    cli.pipeline.s3.createBucket('far', { region: 'eu-west-1' });
    cli.givenBucket('theirs');
    cli.pipeline.s3.deny('theirs');
    await cli.givenProtected('known');
    const before = await footprint(cli);

    const ran = await cli.run('protect', ...argv);

    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(/^holdfast: [^\n]*\n$/);
    expect(ran.stderr).toContain(words);
    expect(await footprint(cli)).toEqual(before);
  });

  it('says what was done when a step fails, and finishes it the next time', async () => {
    cli.pipeline.catalog.requests.before = (op) => {
      if (op === 'putSource') throw new Error('the table is not there');
    };
    const failed = await cli.run('protect', 's3://docs', '--wait');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('could not register it: the table is not there');
    expect(failed.stderr).toContain('done so far: stack holdfast-source-docs-');
    expect(failed.stderr).toContain('run the same command again to finish it');

    cli.pipeline.catalog.requests.before = undefined;
    expect((await cli.run('protect', 's3://docs', '--wait')).code).toBe(0);
    expect(cli.stacks.requests.size).toBe(1);
  });

  it('gives the reason of a stack that fails, and leaves nothing behind', async () => {
    cli.stacks.failure = 'CaptureRule (AWS::Events::Rule): the limit of rules is reached';
    const before = await footprint(cli);

    const { code, stderr } = await cli.run('protect', 's3://docs');

    expect(code).toBe(1);
    expect(stderr).toContain('the limit of rules is reached; nothing else was changed');
    expect(await footprint(cli)).toEqual(before);
  });
});

describe('waiting for large copies', () => {
  /** Messages that go on with a large copy, and are kept from their queue. */
  let held: string[];

  beforeEach(() => {
    cli = new CliWorld({ settings: { multipartThresholdBytes: 8, partBytes: 4 } });
    cli.givenBucket('docs', { 'a.txt': 'one', 'large-1': 'longer than eight', 'large-2': 'longer as well' });
    held = [];
    const { queue } = cli.pipeline;
    const send = queue.send.bind(queue);
    queue.send = (name, bodies, options) => {
      const large = bodies.filter((body) => name === 'backlog' && JSON.parse(body).kind === 'large-copy');
      held.push(...large);
      return send(
        name,
        bodies.filter((body) => !large.includes(body)),
        options,
      );
    };
  });

  /** Goes on with the oldest of them. */
  async function goOn(): Promise<void> {
    const [body] = held.splice(0, 1);
    if (body === undefined) return;
    const message = cli.pipeline.message(body);
    // What is denied is tried three times.
    for (let tried = 0; tried < 3; tried++)
      if (
        await cli.pipeline.handle('backlog', message).then(
          () => true,
          () => false,
        )
      )
        return;
  }

  /** While the command waits, the functions work, and some time after the job is over also on large copies. */
  function later(pauses: number, work: () => Promise<void> = goOn): void {
    let left = pauses;
    cli.meanwhile = async () => {
      await cli.pipeline.drain();
      const [job] = await cli.pipeline.catalog.listJobs();
      if (job?.state !== 'running' && --left < 0) await work();
    };
  }

  it('ends when they are done, however long after the job', async () => {
    later(10);
    const { code, stdout } = await cli.run('protect', 's3://docs', '--wait');

    expect(code).toBe(0);
    expect(held).toEqual([]);
    expect(cli.pipeline.s3.text(VAULT, 's3/docs/large-1')).toBe('longer than eight');
    expect(cli.pipeline.s3.text(VAULT, 's3/docs/large-2')).toBe('longer as well');
    expect(stdout).toContain('2 being copied in parts\n  2 large objects copied in parts\n');
    expect(cli.progress).toContain('2 large objects being copied in parts');
    expect(cli.progress).toContain('1 large object being copied in parts');
  });

  it('says so in JSON', async () => {
    later(0);
    const [json] = (await cli.run('protect', 's3://docs', '--wait', '--json')).json();
    expect(v.parse(ProtectedSchema, json).result).toMatchObject({
      job: { state: 'done', counts: { copying: 2 } },
      largeCopies: { done: 2, failed: 0, left: 0 },
    });
    const [small] = (await cli.run('reconcile', 's3://docs', '--wait', '--json')).json();
    expect(v.parse(StartedSchema, small).result).toMatchObject({ largeCopies: null });
  });

  it('ends with 3 when one of them cannot be copied', async () => {
    later(3, async () => {
      cli.pipeline.s3.deny('docs', 'large-1');
      while (held.length > 0) await goOn();
    });
    const ran = await cli.run('protect', 's3://docs', '--wait');
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('  1 large object copied in parts\n');
    expect(ran.stdout).toContain(
      '  1 large object could not be copied; holdfast status s3://docs says why\n',
    );
  });

  it('does not wait for ever for what nothing goes on with', async () => {
    later(Number.POSITIVE_INFINITY);
    const began = cli.pipeline.now;
    const ran = await cli.run('protect', 's3://docs', '--wait');
    expect(ran.code).toBe(3);
    // Once, and not for each of them.
    expect(cli.pipeline.now - began).toBeLessThan(120_000);
    expect(ran.stdout).toContain(
      '  2 large objects not copied yet, and nothing of that is in any queue; see holdfast status s3://docs and holdfast failures\n',
    );
  });

  it('waits while a function has one, without a sign of life for long', async () => {
    cli.queues.inFlight = 1;
    later(60);
    const began = cli.pipeline.now;
    expect((await cli.run('protect', 's3://docs', '--wait')).code).toBe(0);
    expect(cli.pipeline.now - began).toBeGreaterThan(200_000);
  });

  it('comes as well with --wait of the job, and not without', async () => {
    later(0);
    const [started] = (await cli.run('protect', 's3://docs', '--json')).json();
    const { jobId } = v.parse(ProtectedSchema, started);
    await cli.pipeline.drain();
    const shown = (await cli.run('job', jobId ?? '', '--json')).json()[0];
    expect(v.parse(JobResultSchema, shown).largeCopies).toBeNull();
    expect(held).toHaveLength(2);
    const waited = (await cli.run('job', jobId ?? '', '--wait', '--json')).json()[0];
    expect(v.parse(JobResultSchema, waited).largeCopies).toEqual({ done: 2, failed: 0, left: 0 });
  });
});
