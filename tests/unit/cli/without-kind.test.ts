import { beforeEach, describe, expect, it } from 'vitest';
import { SITE_URI } from '../../support/site-vault.ts';
import { CliWorld, footprint, OUTPUTS } from './support/given-cli.ts';
import { givenSite } from './support/given-site.ts';

let cli: CliWorld;

beforeEach(() => {
  cli = new CliWorld();
});

const NONE = (parameter: string) =>
  `stack "holdfast" is deployed with ${parameter}=false and has no functions for this: deploy it with ${parameter}=true`;

/** As CloudFormation shows a stack that was deployed so: the roles are not among its outputs. */
function givenWithout(parameter: 'Buckets' | 'WorkDocs', ...roles: string[]): void {
  cli.parameters[parameter] = 'false';
  cli.outputs = Object.fromEntries(Object.entries(OUTPUTS).filter(([name]) => !roles.includes(name)));
}
const withoutSites = () =>
  givenWithout('WorkDocs', 'ReadSiteRoleName', 'CaptureDocumentsRoleName', 'ImportExportRoleName');
const withoutBuckets = () =>
  givenWithout('Buckets', 'CaptureChangesRoleName', 'CaptureBacklogRoleName', 'ReconcileSourceRoleName');

describe('a stack without WorkDocs', () => {
  it('protects no site, and says so before anything is made', async () => {
    withoutSites();
    const before = await footprint(cli);
    const { code, stderr } = await cli.run('protect', SITE_URI);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(NONE('WorkDocs')) });
    expect(await footprint(cli)).toEqual(before);
  });

  it('sends nothing to queues that nobody reads: no crawl, no restore of a site into a bucket', async () => {
    const site = await givenSite(cli);
    await site.user('anna');
    await site.file('d', 'anna-root', 'a.txt', 'text');
    withoutSites();
    cli.givenBucket('holdfast-restore-x');
    for (const argv of [
      ['reconcile', SITE_URI],
      ['restore', SITE_URI, '--to', 's3://holdfast-restore-x', '--yes'],
    ]) {
      const { code, stderr } = await cli.run(...argv);
      expect({ argv, code, stderr }).toEqual({
        argv,
        code: 1,
        stderr: expect.stringContaining(NONE('WorkDocs')),
      });
    }
    expect(cli.pipeline.queue.idle).toBe(true);
  });

  it('protects buckets as ever', async () => {
    withoutSites();
    await cli.givenProtected('photos', { a: '1' });
    expect((await cli.run('ls', 's3://photos')).stdout).toContain('a');
  });
});

describe('a stack without buckets', () => {
  it('protects none and reconciles none, and restores what the vault has of them', async () => {
    await cli.givenProtected('photos', { a: '1' });
    withoutBuckets();
    cli.givenBucket('books');
    for (const argv of [
      ['protect', 's3://books'],
      ['reconcile', 's3://photos'],
    ]) {
      const { code, stderr } = await cli.run(...argv);
      expect({ argv, code, stderr }).toEqual({
        argv,
        code: 1,
        stderr: expect.stringContaining(NONE('Buckets')),
      });
    }
    const status = await cli.run('status');
    expect(status.code).toBe(3);
    expect(status.stdout).toContain(
      's3://photos: nothing of it is captured, for the stack is deployed with Buckets=false',
    );
    cli.givenBucket('holdfast-restore-x');
    const restored = await cli.run(
      'restore',
      's3://photos',
      '--to',
      's3://holdfast-restore-x',
      '--yes',
      '--wait',
    );
    expect(restored).toMatchObject({ code: 0 });
  });
});
