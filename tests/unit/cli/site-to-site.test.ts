import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { RestoreLocalSchema } from '../../../operations/json/restore-local.ts';
import { SITE_URI, type SiteVault } from '../../support/site-vault.ts';
import { CliWorld } from './support/given-cli.ts';
import { givenSite } from './support/given-site.ts';

const TARGET = 'workdocs://d-2222222222';
let cli: CliWorld;
let site: SiteVault;

beforeEach(async () => {
  cli = new CliWorld();
  site = await givenSite(cli);
  await site.user('anna');
  await site.folder({ id: 'f', parentId: 'anna-root', name: 'a/b %2F c' });
  await site.folder({ id: 'g', parentId: 'anna-root', name: 'empty' });
  await site.document({ id: 'd', parentId: 'f', name: '50%2F50.txt' }, [
    { id: 'v1', text: 'one', createdAt: 1, contentType: 'text/plain' },
    {
      id: 'v2',
      text: 'second',
      createdAt: 2,
      contentType: 'text/plain',
      contentModifiedAt: 1_600_000_000_000,
    },
  ]);
  cli.site.model.createUser('anna');
  cli.site.model.createUser('bob');
});

function restore(...argv: string[]) {
  return cli.run('restore', ...argv);
}

/** Every path of the target, with how many versions are there. */
function tree(): Record<string, number> {
  const found: Record<string, number> = {};
  for (const thing of cli.site.model.resources()) {
    if (thing.parentId === undefined) continue;
    const names = cli.site.model
      .pathOf(thing.id)
      .map((one) => (one.kind === 'folder' ? one.name : one.versions.at(-1)?.name));
    found[JSON.stringify(names)] = 'versions' in thing ? thing.versions.length : 0;
  }
  return found;
}

function documents(): number {
  return [...cli.site.model.resources()].filter(({ kind }) => kind === 'document').length;
}

describe('a site restored into another', () => {
  it('has its folders and documents by their own names; the second time nothing is done', async () => {
    const first = await restore(SITE_URI, '--to', TARGET);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain(`restoring ${SITE_URI}/ as of`);
    expect(first.stdout).toContain('2 restored (6 B), 0 already right');
    expect(new Set(Object.keys(tree()))).toEqual(
      new Set(
        [
          ['/', 'a/b %2F c'],
          ['/', 'a/b %2F c', '50%2F50.txt'],
          ['/', 'empty'],
        ].map((names) => JSON.stringify(names)),
      ),
    );
    expect((await restore(SITE_URI, '--to', TARGET)).stdout).toContain('0 restored (0 B), 2 already right');
  });

  it('has all versions when they are asked for', async () => {
    const { stdout } = await restore(SITE_URI, '--to', TARGET, '--all-versions', '--include', '**/*.txt');
    expect(stdout).toContain('1 restored (9 B)');
    expect(Object.values(tree()).sort()).toEqual([0, 2]);
  });

  it('goes below a folder of another user, by the role and the region that are named', async () => {
    const role = 'arn:aws:iam::444455556666:role/writer';
    const options = ['--site-region', 'eu-west-1', '--role-arn', role, '--transfers', '1'];
    const { code } = await restore(
      `${SITE_URI}/anna`,
      '--to',
      `${TARGET}/bob/From%2FAnna`,
      '--strip-prefix',
      'anna/',
      ...options,
    );
    expect(code).toBe(0);
    expect(Object.keys(tree())).toContain(JSON.stringify(['/', 'From/Anna', 'a/b %2F c', '50%2F50.txt']));
    expect(cli.writtenSites).toEqual([{ source: TARGET, site: { region: 'eu-west-1', roleArn: role } }]);
  });

  it('brings one version, and what was deleted', async () => {
    cli.pipeline.pass(60);
    await site.delete({ kind: 'document', id: 'd' });
    const uri = `${SITE_URI}/anna/a%2Fb %252F c/50%252F50.txt`;
    expect(await restore(uri, '--to', TARGET, '--at', 'v1')).toMatchObject({ code: 0 });
    expect(
      (await restore(SITE_URI, '--to', `${TARGET}/bob`, '--deleted-only', '--strip-prefix', '')).stdout,
    ).toContain('1 restored (6 B)');
  });

  it('says what failed and why, and ends with 3', async () => {
    await site.document({ id: 'm1', parentId: 'g', name: 'missing' }, [
      { id: 'v', missing: 'access denied' },
    ]);
    await site.file('lost', 'unknown', 'x', 'of nobody');
    const { code, stdout, json } = await restore(SITE_URI, '--to', TARGET, '--json');
    expect(code).toBe(3);
    expect(stdout).toContain('not-in-vault');
    const { result } = v.parse(RestoreLocalSchema, json()[0]);
    expect(result).toMatchObject({ counts: { planned: 3, restored: 1, failed: 2 } });
    expect(result?.problems.map(({ key }) => key)).toContain('lost and found/unknown/x');
  });

  it('says once that the target cannot be reached, and the way out', async () => {
    cli.site.requests.before = (operation) => {
      if (operation === 'users') throw new SiteError('access-denied', 'users of d-2222222222: no access');
    };
    const { code, stdout, stderr } = await restore(SITE_URI, '--to', TARGET);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      `${TARGET} cannot be restored into: users of d-2222222222: no access; --role-arn`,
    );
    expect(await cli.pipeline.catalog.listJobs()).toEqual([]);
  });

  it('leaves alone what differs, and puts a version on it only when a person agrees', async () => {
    await restore(SITE_URI, '--to', TARGET);
    const model = cli.site.model;
    const [document] = [...model.resources()].filter((thing) => 'versions' in thing);
    cli.pipeline.pass(60);
    model.upload({ documentId: document?.id ?? '' }, 'somebody else was here');
    const left = await restore(SITE_URI, '--to', TARGET);
    expect(left.code).toBe(3);
    expect(left.stdout).toContain('conflict: ');

    cli.answer = 'n';
    expect((await restore(SITE_URI, '--to', TARGET, '--overwrite')).code).not.toBe(0);
    cli.answer = 'y';
    expect((await restore(SITE_URI, '--to', TARGET, '--overwrite')).code).toBe(0);
    expect(cli.questions.at(-1)).toContain('may put a new version on documents of workdocs://d-2222222222');
  });

  describe('has a plan', () => {
    const WRITES = [
      'createFolder',
      'beginUpload',
      'upload',
      'finishUpload',
      'abortUpload',
      'addCustomMetadata',
    ] as const;

    async function counted<T>(work: () => Promise<T>) {
      cli.site.requests.resetCounts();
      const result = await work();
      const requests = cli.site.requests.counts();
      const writes = WRITES.reduce((sum, op) => sum + (requests[op] ?? 0), 0);
      const all = Object.values(requests).reduce((sum, n) => sum + n, 0);
      return { result, writes, reads: all - writes };
    }

    async function jsonOf(...argv: string[]) {
      return v.parse(
        RestoreLocalSchema,
        (await restore(SITE_URI, '--to', TARGET, ...argv, '--json')).json()[0],
      );
    }

    /** What is planned is what the run does then; and it is found out by no more than the run reads. */
    async function planThenRun(...argv: string[]) {
      const before = JSON.stringify(tree());
      const planned = await counted(() => jsonOf(...argv, '--dry-run'));
      expect(planned.writes).toBe(0);
      expect(JSON.stringify(tree())).toBe(before);
      const ran = await counted(() => jsonOf(...argv));
      expect(planned.reads).toBeLessThanOrEqual(ran.reads);
      const { plan } = planned.result;
      const counts = ran.result.result?.counts;
      const { fresh, right, conflicts, overwritten, failed, selected } = plan ?? {};
      expect(counts).toMatchObject({
        planned: selected?.objects,
        restored: (fresh?.objects ?? 0) + (overwritten?.objects ?? 0),
        right: right?.objects,
        conflicts: conflicts?.objects,
        failed: failed?.objects,
      });
      return {
        fresh: fresh?.objects,
        right: right?.objects,
        conflicts: conflicts?.objects,
        overwritten: overwritten?.objects,
        failed: failed?.objects,
        reads: planned.reads,
      };
    }

    const NONE = { fresh: 0, right: 0, conflicts: 0, overwritten: 0, failed: 0 };
    const theDocument = () => [...cli.site.model.resources()].find((thing) => 'versions' in thing)?.id ?? '';

    it('that is compared with what the site has', async () => {
      const first = await planThenRun();
      expect(first).toMatchObject({ ...NONE, fresh: 2 });
      expect(await planThenRun()).toMatchObject({ ...NONE, right: 2 });
      // A version more than is there.
      expect(await planThenRun('--at', 'now', '--all-versions')).toMatchObject({
        ...NONE,
        right: 1,
        conflicts: 1,
      });
      cli.pipeline.pass(60);
      cli.site.model.upload({ documentId: theDocument() }, 'somebody else was here');
      expect(await planThenRun()).toMatchObject({ ...NONE, right: 1, conflicts: 1 });
      expect(await planThenRun('--overwrite', '--yes')).toMatchObject({ ...NONE, right: 1, overwritten: 1 });
      expect(await planThenRun('--overwrite', '--yes')).toMatchObject({ ...NONE, right: 2 });
    });

    it('that goes on with what an earlier run began', async () => {
      let finished = 0;
      cli.site.requests.before = (operation) => {
        if (operation === 'finishUpload' && ++finished === 2) throw new SiteError('unavailable', 'killed');
      };
      expect((await restore(SITE_URI, '--to', TARGET, '--all-versions')).code).toBe(3);
      cli.site.requests.before = undefined;
      expect(await planThenRun('--all-versions')).toMatchObject({ ...NONE, right: 1, fresh: 1 });
      expect(await planThenRun('--all-versions')).toMatchObject({ ...NONE, right: 2 });
    });

    it('in which a newer version of a document that was restored conflicts', async () => {
      await restore(SITE_URI, '--to', TARGET);
      cli.pipeline.pass(60);
      await site.document({ id: 'd', parentId: 'f', name: '50%2F50.txt' }, [
        { id: 'v2', text: 'second', createdAt: 2, contentType: 'text/plain' },
        { id: 'v3', text: 'the third', createdAt: 3, contentType: 'text/plain' },
      ]);
      expect(await planThenRun()).toMatchObject({ ...NONE, right: 1, conflicts: 1 });
    });

    it('of a folder that the site has not, which asks for nothing below it', async () => {
      for (let n = 0; n < 20; n++) await site.file(`n${n}`, 'f', `n${n}`, 'text');
      const { reads, ...planned } = await planThenRun();
      expect(planned).toMatchObject({ ...NONE, fresh: 22 });
      // Users, by the check and by the plan, and the root folder of one.
      expect(reads).toBe(3);
    });

    it('of what cannot be brought', async () => {
      await site.document({ id: 'm1', parentId: 'g', name: 'missing' }, [
        { id: 'v', missing: 'access denied' },
      ]);
      await site.file('lost', 'unknown', 'x', 'of nobody');
      expect(await planThenRun()).toMatchObject({ ...NONE, fresh: 1, failed: 2 });
    });

    it('that says so', async () => {
      await restore(SITE_URI, '--to', TARGET);
      const { code, stdout } = await restore(SITE_URI, '--to', TARGET, '--dry-run');
      expect(code).toBe(0);
      expect(stdout).toMatch(/asked for +2 +6 B\n +new at the target +0 +0 B\n +already right +2 +6 B\n/);
      expect(stdout).toContain('compared with what workdocs://d-2222222222 has now');
    });

    it('for which the site has to be reached', async () => {
      cli.site.requests.before = (operation) => {
        if (operation === 'users') throw new SiteError('access-denied', 'users of d-2222222222: no access');
      };
      expect(await restore(SITE_URI, '--to', TARGET, '--dry-run')).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining(`${TARGET} cannot be restored into`),
      });
    });
  });

  it('is a job with a report', async () => {
    await restore(SITE_URI, '--to', TARGET);
    const [job] = await cli.pipeline.catalog.listJobs();
    expect(job).toMatchObject({ kind: 'restore', source: SITE_URI, state: 'done', counts: { restored: 2 } });
    expect(job?.request).toMatchObject({ target: TARGET, again: expect.stringContaining('--at') });
  });

  it('ends between documents when it is interrupted, and goes on by the command that it names', async () => {
    for (let n = 0; n < 20; n++) await site.file(`n${n}`, 'g', `n${n}`, 'text');
    cli.site.requests.before = (operation) => {
      if (operation === 'finishUpload') cli.interrupt.abort();
    };
    const { code, stderr } = await restore(SITE_URI, '--to', TARGET, '--transfers', '1');
    expect(code).toBe(130);
    expect(stderr).toContain('go on with: holdfast restore');
    cli.site.requests.before = undefined;
    const begun = documents();
    expect(begun).toBeLessThan(21);
    Object.assign(cli, { interrupt: new AbortController() });
    expect(await restore(SITE_URI, '--to', TARGET)).toMatchObject({ code: 0 });
    expect(documents()).toBe(21);
    expect(
      [...cli.site.model.resources()].every(
        (thing) => thing.kind === 'folder' || thing.versions.length === 1,
      ),
    ).toBe(true);
  });

  it.each([
    [['s3://docs', '--to', TARGET], 'only such can be restored into one'],
    [[SITE_URI, '--to', TARGET, '--exact'], '--exact is not for this target'],
    [[SITE_URI, '--to', TARGET, '--storage-class', 'STANDARD'], '--storage-class is not for this target'],
    [[SITE_URI, '--to', TARGET, '--target-account', '111122223333'], '--target-account is not for this'],
    [[SITE_URI, '--to', 'workdocs://NO'], 'cannot be a site'],
    [[SITE_URI, '--to', './somewhere', '--role-arn', 'x'], '--role-arn is not for this target'],
    [[SITE_URI, '--to', 's3://holdfast-restore-photos', '--site-region', 'x'], 'are not for this target'],
    [[`${SITE_URI}/nobody`, '--to', TARGET], 'holds nothing under'],
  ])('refuses %j', async (argv, why) => {
    const { code, stderr } = await restore(...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
    expect(tree()).toEqual({});
  });
});
