import { checksums } from '@holdfast/core/aws/checksums.ts';
import { parseExport } from '@holdfast/core/kinds/workdocs/import/import-names.ts';
import { scanZip } from '@holdfast/core/kinds/workdocs/import/scan-zip.ts';
import { versionNames } from '@holdfast/core/kinds/workdocs/import/version-names.ts';
import { ZipDirectory } from '@holdfast/core/kinds/workdocs/import/zip-directory.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { VAULT } from '../../../../../testing/pipeline.ts';
import { VirtualZip, withVirtualZip } from '../../../../../testing/zips/virtual-zip.ts';
import { EXPORT, GivenExport, SITE } from '../../../../support/given-export.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

let given: GivenExport;
beforeEach(() => {
  given = new GivenExport();
});

function virtual(size: ConstructorParameters<typeof VirtualZip>[0]): VirtualZip {
  const zip = new VirtualZip(size);
  given.store = withVirtualZip(given.pipeline.store, zip, { bucket: EXPORT, key: 'alice.zip' });
  return zip;
}

describe('a zip that no memory could hold', () => {
  it('of 50 GiB is read at its far end', async () => {
    expect(virtual({ entries: 250, bytes: 100, gap: 50 * GIB }).size).toBeGreaterThan(50 * GIB);
    const job = await given.import('i1');
    expect(job).toMatchObject({
      state: 'done',
      counts: { entries: 250, imported: 250, importedBytes: 25_000 },
    });
    expect(await given.texts('alice/folder-0000/00000249.txt')).toEqual(['\0'.repeat(100)]);
  });

  it('is asked for in windows: many small entries come with one request', async () => {
    const zip = virtual({ entries: 1_000, bytes: 1_000 });
    let opened = 0;
    let largest = 0;
    const below = given.store;
    if (below === undefined) throw new Error('no store');
    const open: typeof below.open = (ref, options) => {
      opened++;
      const { first = 0, last = 0 } = options?.range ?? {};
      largest = Math.max(largest, last + 1 - first);
      return below.open(ref, options);
    };
    given.store = new Proxy(below, {
      get: (target, name) => (name === 'open' ? open : Reflect.get(target, name)),
    });
    expect(await given.import('i1')).toMatchObject({ state: 'done', counts: { imported: 1_000 } });
    // Ten batches, each with the zip's end, its part of the directory and its bytes; and the scan.
    expect(opened).toBeLessThan(40);
    expect(largest).toBeLessThanOrEqual(4 * MIB);
    expect(zip.size).toBeGreaterThan(MIB);
  });

  it('is streamed into the vault where one entry is large, in parts', async () => {
    virtual({ entries: 1, bytes: 40 * MIB });
    const parts: number[] = [];
    given.pipeline.s3.requests.before = (op, args) => {
      if (op === 'writePart') parts.push((args[2] as Uint8Array).length);
    };
    expect(await given.import('i1')).toMatchObject({ state: 'done', counts: { importedBytes: 40 * MIB } });
    expect(parts).toEqual([8, 8, 8, 8, 8].map((mib) => mib * MIB));
    const { objects } = await given.pipeline.store.list({
      bucket: VAULT,
      prefix: 'workdocs/d-1234567890/versions/',
    });
    expect(objects).toEqual([expect.objectContaining({ size: 40 * MIB })]);
  });

  it('is scanned in steps that the catalog has room for, also by the longest key', async () => {
    const key = `${'k'.repeat(1020)}.zip`;
    const zip = new VirtualZip({ entries: 30_000, bytes: 10 });
    given.store = withVirtualZip(given.pipeline.store, zip, { bucket: EXPORT, key });
    const from = `s3://${EXPORT}`;
    const run = {
      jobId: 'i1',
      site: SITE,
      terms: { export: from },
      place: parseExport(from),
      versionNames: versionNames(undefined),
    };
    const delivery = { messageId: 'm', receiveCount: 1, timeLeft: () => 900_000 };
    const world = { ...given.pipeline.world, store: given.store, checksums };
    const { continuations = [] } = await scanZip(
      {
        kind: 'scan',
        jobId: 'i1',
        step: 'documents-0.z0.0',
        pass: 'documents',
        zip: { key, size: zip.size, etag: 'virtual' },
      },
      { run, delivery, world },
    );
    const largest = JSON.stringify(continuations).length;
    expect(largest).toBeGreaterThan(200_000);
    expect(largest).toBeLessThan(350_000);
  });

  it('is scanned in steps when time is short, each from where the last one ended', async () => {
    virtual({ entries: 120, bytes: 10 });
    given.timeLeft = () => 1_000;
    const job = await given.import('i1');
    expect(job).toMatchObject({ state: 'done', counts: { entries: 120, imported: 120 } });
    expect((await given.documents()).size).toBe(120);
    // One entry a step, as short as time is.
    expect(job.batchesQueued).toBe(120);
  });
});

it('a directory is read on in its middle', async () => {
  const zip = new VirtualZip({ entries: 500, bytes: 10 });
  const place = { bucket: EXPORT, key: 'alice.zip', size: zip.size, etag: 'virtual' };
  const store = withVirtualZip(given.pipeline.store, zip, place);
  const whole = await ZipDirectory.open(place, undefined, store);
  for (let n = 0; n < 321; n++) await whole.next();
  const rest = await ZipDirectory.open(place, whole.place, store);
  expect(await rest.next()).toMatchObject({ index: 321, parts: ['folder-0000', '00000321.txt'] });
  expect(rest.left).toBe(178);
});
