import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { ProtectedSchema } from '../../../operations/json/protect.ts';
import { VAULT } from '../../../testing/pipeline.ts';
import { CliWorld, footprint, OUTPUTS } from './support/given-cli.ts';

const SITE = 'workdocs://d-1234567890';
const ROLE = 'arn:aws:iam::444455556666:role/workdocs-reader';

let cli: CliWorld;

beforeEach(() => {
  cli = new CliWorld();
});

const sent = () => cli.pipeline.queue.take('site').map((body) => JSON.parse(body));
const request = () => [...cli.stacks.requests.values()][0];

describe('protecting a WorkDocs site', () => {
  it('deploys its stack, registers it and begins the first crawl', async () => {
    const ran = await cli.run('protect', SITE, '--json');

    expect(v.parse(ProtectedSchema, ran.json()[0])).toMatchObject({ source: SITE, stack: request()?.name });
    expect(request()?.name).toMatch(/^holdfast-source-workdocs-d-1234567890-[0-9a-f]{8}$/);
    expect(request()?.tags).toEqual({ 'holdfast:source': SITE, 'holdfast:stack': 'holdfast' });
    expect(request()?.parameters).toMatchObject({
      OrganizationId: 'd-1234567890',
      ReaderRoleArn: '',
      PollSchedule: 'rate(5 minutes)',
      SiteQueueArn: OUTPUTS.SiteQueueArn,
      ReadSiteRole: 'read-site',
      CaptureDocumentsRole: 'capture-documents',
    });
    expect(request()?.template).toContain('workdocs:DescribeActivities');
    expect(sent()).toEqual([expect.objectContaining({ kind: 'crawl', source: SITE, trigger: 'protect' })]);
    expect(await cli.pipeline.catalog.getSource(SITE)).toMatchObject({ state: 'protected', site: {} });
    expect(cli.pipeline.s3.text(VAULT, 'sources/workdocs/d-1234567890.json')).toContain(SITE);
    expect(cli.pipeline.s3.text(VAULT, 'workdocs/d-1234567890/empty-folder')).toBe('');
  });

  it('keeps how it is to be read', async () => {
    await cli.run(
      ...[
        'protect',
        SITE,
        '--site-region',
        'eu-west-1',
        '--role-arn',
        ROLE,
        '--user',
        'anna',
        '--every',
        '1m',
      ],
      ...['--folder', 'anna/Reports', '--include', '**/*.docx', '--exclude', '**/~*'],
    );

    expect(await cli.pipeline.catalog.getSource(SITE)).toMatchObject({
      prefix: 'anna/Reports/',
      include: ['**/*.docx'],
      exclude: ['**/~*'],
      site: { region: 'eu-west-1', roleArn: ROLE, users: 'anna' },
    });
    expect(request()?.parameters).toMatchObject({ ReaderRoleArn: ROLE, PollSchedule: 'rate(1 minute)' });
  });

  it.each([
    [SITE, '/anna/Reports'],
    [SITE, 'anna/Reports//'],
    [`${SITE}//anna/Reports/`, '/'],
  ])('knows the folder of %s and --folder %s: a path begins with its user', async (uri, given) => {
    await cli.run('protect', uri, '--folder', given);
    expect(await cli.pipeline.catalog.getSource(SITE)).toMatchObject({ prefix: 'anna/Reports/' });
  });

  it('warns of a site and a vault in one account', async () => {
    const { stderr } = await cli.run('protect', SITE, '--no-initial');
    expect(stderr).toContain(`${SITE} and its vault are in the same account`);
  });

  it('does not warn when the reader is of another account', async () => {
    expect((await cli.run('protect', SITE, '--role-arn', ROLE, '--no-initial')).stderr).not.toContain(
      'same account',
    );
    expect(sent()).toEqual([]);
  });

  it.each([
    [['workdocs://photos'], 'no organization'],
    [['workdocs://d-1'], 'd-1'],
    [[SITE, '--every', '90s'], '--every "90s"'],
    [[SITE, '--every', '0m'], '--every "0m"'],
    [[SITE, '--role-arn', 'reader'], '--role-arn "reader"'],
    [[SITE, '--site-region', 'Ireland'], '--site-region "Ireland"'],
    [[`${SITE}/anna`, '--folder', 'bob'], 'anna, bob'],
    [['s3://docs', '--every', '5m'], '--every is for WorkDocs sites'],
    [['s3://docs', '--role-arn', ROLE], '--role-arn is for WorkDocs sites'],
  ])('%j is refused, and nothing is changed', async (args, words) => {
    const before = await footprint(cli);
    const { code, stderr } = await cli.run('protect', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(await footprint(cli)).toEqual(before);
  });

  it('does not mix a live site with an import of the same name', async () => {
    await cli.run('protect', SITE, '--no-initial');
    await cli.pipeline.catalog.patchSource(SITE, {
      state: 'unprotected',
      site: { importedFrom: 's3://exports/d-1234567890' },
    });
    const { code, stderr } = await cli.run('protect', SITE);
    expect(code).toBe(2);
    expect(stderr).toContain('import of s3://exports/d-1234567890');
  });
});

describe('a protected site', () => {
  beforeEach(async () => {
    await cli.run('protect', SITE, '--no-initial');
  });

  it('is crawled on demand, deeply when asked', async () => {
    expect((await cli.run('reconcile', SITE)).code).toBe(0);
    expect((await cli.run('reconcile', SITE, '--deep')).code).toBe(0);
    expect(sent()).toEqual([
      expect.not.objectContaining({ deep: true }),
      expect.objectContaining({ kind: 'crawl', trigger: 'manual', deep: true }),
    ]);
  });

  it('has its held deletions approved by another crawl', async () => {
    await cli.pipeline.catalog.patchSource(SITE, { heldDeletions: { job: 'j', count: 3, at: 0 } });
    expect((await cli.run('approve', SITE, '--yes')).code).toBe(0);
    expect(sent()).toEqual([expect.objectContaining({ kind: 'crawl', trigger: 'approve', approved: true })]);
  });

  it('is among the sources, and is taken off the list again', async () => {
    expect((await cli.run('sources')).stdout).toContain(SITE);
    const { code, stdout } = await cli.run('unprotect', SITE, '--yes');
    expect(code).toBe(0);
    expect(stdout).not.toContain('EventBridge');
    expect(cli.stacks.requests.size).toBe(0);
    expect(await cli.pipeline.catalog.getSource(SITE)).toMatchObject({ state: 'unprotected' });
  });

  it('is not compared in part', async () => {
    expect((await cli.run('reconcile', `${SITE}/anna`)).stderr).toContain('a part of a site');
  });

  it('that was imported has no site to be compared with', async () => {
    await cli.pipeline.catalog.patchSource(SITE, { site: { importedFrom: 's3://exports' } });
    const { code, stderr } = await cli.run('reconcile', SITE);
    expect(code).toBe(2);
    expect(stderr).toContain('holdfast import workdocs-export s3://exports');
  });
});
