import { checksums } from '@holdfast/core/aws/checksums.ts';
import { cancelJob } from '@holdfast/core/jobs/cancel-job.ts';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import { importExport } from '@holdfast/core/kinds/workdocs/import/import-export.ts';
import { registerImport } from '@holdfast/core/kinds/workdocs/import/register-import.ts';
import { siteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { VAULT } from '../../../../../testing/pipeline.ts';
import { EXPORT, GivenExport, SITE } from '../../../../support/given-export.ts';

let given: GivenExport;
beforeEach(async () => {
  given = new GivenExport();
  await given.zip('alice.zip', { 'plan.txt': 'plan', 'a/b.txt': 'b' });
  await given.zip('bob.zip', { 'x.txt': 'x' });
});

/** The n-th request of a kind fails, and the next ones do not. */
function failing(op: string, error: Error, isIt: (args: readonly unknown[]) => boolean = () => true): void {
  let left = 1;
  given.pipeline.s3.requests.before = (name, args) => {
    if (name !== op || left === 0 || !isIt(args)) return;
    left--;
    throw error;
  };
}

const unavailable = () => new StoreError('unavailable', 'for now');

describe('a zip that cannot be read', () => {
  it('for its archive class is listed, and the others are imported', async () => {
    given.pipeline.s3.put(EXPORT, 'bob.zip', 'x', { storageClass: 'GLACIER' });
    expect(await given.import('i1')).toMatchObject({ state: 'partial', counts: { imported: 2, failed: 1 } });
    expect(await given.problems('i1')).toEqual([
      expect.objectContaining({ key: 'bob.zip', reason: 'archived' }),
    ]);
  });

  it('for a right that is missing is tried again, then listed', async () => {
    given.pipeline.s3.bucket(EXPORT).deniedKeys.add('bob.zip');
    expect(await given.import('i1')).toMatchObject({ state: 'partial', counts: { imported: 2, failed: 1 } });
    expect(await given.problems('i1')).toEqual([
      expect.objectContaining({ key: 'bob.zip', reason: 'access-denied' }),
    ]);
    expect(given.dead).toEqual([]);
  });

  it('since it was replaced meanwhile is listed, and imported when asked again', async () => {
    const { pipeline } = given;
    let opened = 0;
    pipeline.s3.requests.before = (op, args) => {
      const [ref] = args as [{ bucket?: string; key?: string }];
      if (op === 'open' && ref.key === 'bob.zip' && ++opened === 2)
        pipeline.s3.put(EXPORT, 'bob.zip', 'another one');
    };
    expect(await given.import('i1')).toMatchObject({ state: 'partial', counts: { imported: 2, failed: 1 } });
    expect(await given.problems('i1')).toEqual([
      expect.objectContaining({ key: 'bob.zip', reason: 'changed' }),
    ]);
  });
});

describe('an import whose requests fail for now', () => {
  it.each(['open', 'write', 'put', 'list', 'get'])('comes through: %s', async (op) => {
    await given.zip('alice.zip', { 'plan.txt': 'plan', 'a/b.txt': 'b', 'a/': null });
    await given.register();
    failing(op, unavailable());
    const job = await given.import('i1');
    expect(job).toMatchObject({ state: 'done', counts: { entries: 4 } });
    expect(job.counts['failed']).toBeUndefined();
    expect([...(await given.documents()).keys()].sort()).toEqual([
      'alice/a/b.txt',
      'alice/plan.txt',
      'bob/x.txt',
    ]);
  });

  it('comes through when an answer ends before its time', async () => {
    const { store } = given.pipeline;
    let left = 3;
    const open: typeof store.open = async (ref, options) => {
      const opened = await store.open(ref, options);
      if (ref.bucket !== EXPORT || left-- <= 0) return opened;
      const bytes = Buffer.concat(await Array.fromAsync(opened.body));
      const cut = (async function* () {
        yield bytes.subarray(0, -1);
      })();
      return { ...opened, body: cut };
    };
    given.store = new Proxy(store, {
      get: (target, name) => {
        if (name === 'open') return open;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const job = await given.import('i1');
    expect(job).toMatchObject({ state: 'done', counts: { entries: 3, imported: 3 } });
    expect(left).toBeLessThan(0);
  });

  it('tells of what it gave up after the last delivery, and ends', async () => {
    await given.register();
    given.pipeline.s3.requests.before = (op) => {
      if (op === 'write') throw unavailable();
    };
    expect(await given.import('i1')).toMatchObject({
      state: 'partial',
      counts: { entries: 3, failed: 3 },
      openRanges: 0,
    });
    expect((await given.problems('i1')).map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^2 entries from number 0 on: /),
      expect.stringMatching(/^1 entries from number 0 on: /),
    ]);
    expect(given.dead).toEqual([]);
  });

  it('sends again what a handler counted and died before it sent', async () => {
    await given.register();
    const { queue } = given.pipeline;
    const send = queue.send.bind(queue);
    const sent = new Set<string>();
    queue.send = async (name, bodies, options) => {
      // What a step sends is lost with its handler, the first time.
      const [first] = name === 'import' ? bodies : [];
      if (first?.includes('"step"') && !sent.has(first)) {
        sent.add(first);
        throw unavailable();
      }
      return send(name, bodies, options);
    };
    const job = await given.import('i1');
    expect(job).toMatchObject({ state: 'done', counts: { entries: 3, imported: 3 } });
    expect(given.dead).toEqual([]);
    // The list, what it found, each scan's batch, and the turn.
    expect(sent.size).toBe(5);
  });
});

describe('an import that cannot be done', () => {
  it('for an export that cannot be listed fails, and says why', async () => {
    await given.register();
    given.pipeline.s3.bucket(EXPORT).denied = true;
    expect(await given.import('i1')).toMatchObject({
      state: 'failed',
      message: `s3://${EXPORT} could not be imported: access denied to ${EXPORT}`,
    });
  });

  it('for a place without a zip fails', async () => {
    expect(await given.import('i1', { export: `s3://${EXPORT}/nowhere` })).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('there is no zip to import there'),
    });
  });

  it('into a site that is backed up as it lives fails, and changes nothing', async () => {
    const live = { ...(await given.pipeline.catalog.getSource('x')), source: siteUri(SITE) };
    await given.register();
    const source = await given.pipeline.catalog.getSource(siteUri(SITE));
    if (source === undefined) throw new Error('no source');
    await given.pipeline.catalog.putSource({ ...source, ...live, site: {} });
    expect(await given.import('i1')).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('--as'),
    });
    expect(await given.vaultVersions()).toBe(0);
  });

  it('into a site that nobody registered fails', async () => {
    await given.register('workdocs://another');
    expect(await given.import('i1', { source: 'workdocs://unknown-site' })).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('is not registered for imports'),
    });
  });

  it('is cancelled on its row too, by whoever dies before that is told of', async () => {
    await given.register();
    const { pipeline } = given;
    const body = { kind: 'import', source: siteUri(SITE), export: `s3://${EXPORT}`, jobId: 'i1' };
    const delivery = { messageId: 'm', receiveCount: 1, timeLeft: () => 900_000 };
    await importExport(JSON.stringify(body), delivery, { ...pipeline.world, checksums });
    pipeline.queue.requests.before = () => {
      throw new Error('killed');
    };
    await cancelJob('i1', undefined, pipeline.world, JOBS).catch(() => {});
    const row = await pipeline.catalog.getSource(siteUri(SITE));
    expect(row?.lastImport).toMatchObject({ job: 'i1', state: 'cancelled' });
  });

  it('since it was cancelled drops its messages', async () => {
    await given.register();
    const { pipeline } = given;
    const cancel = async () => {
      await pipeline.catalog.finishJob('i1', { state: 'cancelled', finishedAt: pipeline.now });
    };
    let cancelled = false;
    given.timeLeft = () => {
      if (!cancelled) void cancel();
      cancelled = true;
      return 900_000;
    };
    expect(await given.import('i1')).toMatchObject({ state: 'cancelled' });
    expect(given.dead).toEqual([]);
  });
});

describe('what an import is asked to leave alone', () => {
  it('stays as it is: the export is only read', async () => {
    const before = given.pipeline.s3.keys(EXPORT);
    const asked = new Set<string>();
    given.pipeline.s3.requests.before = (op, args) => {
      const [ref] = args as [{ bucket?: string; to?: { bucket: string } }];
      if ((ref.bucket ?? ref.to?.bucket) === EXPORT) asked.add(op);
    };
    await given.import('i1');
    expect([...asked].sort()).toEqual(['list', 'open']);
    expect(given.pipeline.s3.keys(EXPORT)).toEqual(before);
  });

  it('is listed when it lies beside the zips', async () => {
    given.put('manifest.csv', 'a,b');
    given.put('folder/', '');
    expect(await given.import('i1')).toMatchObject({ state: 'partial', counts: { leftOut: 1, zips: 2 } });
    expect(await given.problems('i1')).toEqual([
      { key: 'manifest.csv', reason: 'not-a-zip', detail: expect.stringContaining('3 bytes') },
    ]);
  });
});

it('a registered import is in the vault first, and keeps since when it is there', async () => {
  const { pipeline } = given;
  const source = siteUri(SITE);
  await registerImport(source, 's3://exports/a', pipeline.world);
  const first = pipeline.now;
  pipeline.pass(60);
  await registerImport(source, 's3://exports/b', pipeline.world);
  expect(await pipeline.catalog.getSource(source)).toMatchObject({
    protectedAt: first,
    site: { importedFrom: 's3://exports/b' },
  });
  expect(pipeline.s3.text(VAULT, `sources/workdocs/${SITE}.json`)).toContain('s3://exports/b');
});
