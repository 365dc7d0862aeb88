import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DocumentRecord, parseRecord } from '@holdfast/core/kinds/workdocs/model/records.ts';
import { recordKey, versionKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { workdocsEndpoint } from '../../scripts/lib/ministack-env.ts';
import { startWorkDocsServer, type WorkDocsServer } from '../../testing/workdocs-server/server.ts';
import {
  bytesOf,
  catalog,
  eventually,
  givenBucket,
  holdfast,
  nextSecond,
  send,
  store,
  textOf,
  tryHoldfast,
  vault,
} from './support/cloud.ts';
import { runCli } from './support/run-cli.ts';

const SITE = `d-${createHash('sha256').update(`${process.pid}-${Date.now()}`).digest('hex').slice(0, 10)}`;
const SOURCE = `workdocs://${SITE}`;
const LARGE = Buffer.alloc(20 * 1024 * 1024, 'a large one ');

let beforeThird: string;
let server: WorkDocsServer;
let home: string;
let anna: { readonly id: string; readonly rootFolderId: string };
let reports: { readonly id: string };
let q3: { readonly documentId: string; readonly versionId: string };
let large: { readonly documentId: string; readonly versionId: string };

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'));
  const cloud = new URL(inject('directEndpoint'));
  const { port } = new URL(workdocsEndpoint(Number(cloud.port)));
  server = await startWorkDocsServer({ port: Number(port), organizationId: SITE });
  const { model } = server.site;
  anna = model.createUser('anna');
  reports = model.createFolder(anna.rootFolderId, 'Reports');
  model.createFolder(reports.id, 'Empty');
  q3 = model.upload({ parentId: reports.id }, 'one', { name: 'q3.txt' });
  model.upload({ documentId: q3.documentId }, 'two', { name: 'q3.txt' });
  model.upload({ parentId: reports.id }, 'evil', { name: '../../evil.txt' });
  large = model.upload({ parentId: anna.rootFolderId }, LARGE, { name: 'large.bin' });
});

afterAll(async () => {
  // What the server could not say in the SDK's own schemas would be a defect of its own.
  expect(server.defects).toEqual([]);
  // Its schedule would go on asking a server that is gone.
  await holdfast('unprotect', SOURCE, '--yes');
  await server.close();
  await rm(home, { recursive: true, force: true });
});

/** Has the site's activities read, as its schedule would, and waits for what follows. */
async function polled(wanted: (entry: Entry) => boolean, id = q3.documentId): Promise<Entry> {
  await send('site', { kind: 'poll', source: SOURCE });
  return eventually(
    `an entry of ${id}`,
    async () => {
      const entry = await catalog.getEntry(SOURCE, `document/${id}`);
      return entry !== undefined && wanted(entry) && entry;
    },
    10,
  );
}

async function recordOf(id: string): Promise<DocumentRecord> {
  const key = recordKey(SITE, { kind: 'document', id });
  return parseRecord(await textOf(vault, key), key) as DocumentRecord;
}

async function versionsInVault(documentId: string): Promise<number> {
  const prefix = `workdocs/${SITE}/versions/${documentId}/`;
  return (await store.listVersions({ bucket: vault, prefix })).versions.length;
}

/** Paths that a site shows. */
async function pathsOf(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCli(['ls', SOURCE, ...args, '--json']);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line).key).sort();
}

describe('a WorkDocs site', () => {
  it('is in the vault after its first crawl, every version of it', async () => {
    const answer = await holdfast('protect', SOURCE, '--wait');
    expect(answer).toMatchObject({ source: SOURCE, result: { job: { state: 'done' } } });
    const record = await recordOf(q3.documentId);
    expect(record.versions).toHaveLength(2);
    const contents = await Promise.all(
      record.versions.map(({ id }) => textOf(vault, versionKey(SITE, q3.documentId, id))),
    );
    expect(contents).toEqual(['one', 'two']);
    await polled(({ state }) => state === 'current', large.documentId);
    expect((await bytesOf(vault, versionKey(SITE, large.documentId, large.versionId))).equals(LARGE)).toBe(
      true,
    );
    expect(await pathsOf()).toEqual([
      'anna/Reports/..%2F..%2Fevil.txt',
      'anna/Reports/Empty/',
      'anna/Reports/q3.txt',
      'anna/large.bin',
    ]);
  });

  it('follows what people do, by polls: a rename moves no bytes', async () => {
    const before = await versionsInVault(q3.documentId);
    server.site.model.rename(q3.documentId, 'Q3 final.txt');
    await polled(({ name }) => name === 'Q3 final.txt');
    expect(await pathsOf()).toContain('anna/Reports/Q3 final.txt');
    expect(await versionsInVault(q3.documentId)).toBe(before);
  });

  it('has a deletion marked when a document is recycled, and comes back whole from the bin', async () => {
    const before = await nextSecond();
    server.site.model.recycle(q3.documentId);
    await polled(({ state }) => state === 'deleted');
    expect(await pathsOf()).not.toContain('anna/Reports/Q3 final.txt');
    expect(await pathsOf('--at', before)).toContain('anna/Reports/Q3 final.txt');
    await nextSecond();
    server.site.model.restore(q3.documentId);
    await polled(({ state }) => state === 'current');
    expect(await pathsOf()).toContain('anna/Reports/Q3 final.txt');
    const record = await recordOf(q3.documentId);
    for (const { id, kept } of record.versions) {
      expect(kept).toBeDefined();
      expect(await textOf(vault, versionKey(SITE, q3.documentId, id))).toMatch(/one|two/);
    }
  });

  it('is restored into a folder, as of a moment, and stays inside it', async () => {
    const before = await nextSecond();
    beforeThird = before;
    server.site.model.upload({ documentId: q3.documentId }, 'three', { name: 'Q3 final.txt' });
    const uploaded = Date.now();
    await polled(({ lookedAt = 0 }) => lookedAt >= uploaded);
    const target = join(home, 'now');
    await holdfast('restore', SOURCE, '--to', target);
    expect(await readFile(join(target, 'anna/Reports/Q3 final.txt'), 'utf8')).toBe('three');
    const then = join(home, 'then');
    await holdfast('restore', `${SOURCE}/anna/Reports`, '--to', then, '--at', before);
    expect(await readFile(join(then, 'anna/Reports/Q3 final.txt'), 'utf8')).toBe('two');
    expect((await readFile(join(target, 'anna/large.bin'))).equals(LARGE)).toBe(true);
  });

  it('is compared, its history told, proven, and found again in the vault', async () => {
    const lines = async (...args: string[]) =>
      (await runCli([...args, '--json'])).stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const [difference, summary] = await lines('diff', `${SOURCE}/anna/Reports/Q3 final.txt`, beforeThird);
    expect(difference).toMatchObject({ change: 'changed', before: { size: 3 }, after: { size: 5 } });
    expect(summary).toMatchObject({ summary: { added: 0, changed: 1, deleted: 0 } });
    const [row] = await lines('history', SOURCE, '--days', '1');
    expect(row).toMatchObject({ deleted: 0 });
    expect(row.added + row.overwritten).toBeGreaterThanOrEqual(4);
    expect(await lines('verify', SOURCE, '--all')).toMatchObject([{ state: 'done' }]);
    const [{ sources }] = await lines('reindex', '--dry-run');
    const site = sources.find(({ source }: { source: string }) => source === SOURCE);
    expect(site).toMatchObject({ written: 0, rowMissing: false });
  });

  it('is restored into a bucket, by the functions', async () => {
    const target = await givenBucket('restored-site');
    const answer = await holdfast('restore', SOURCE, '--to', `s3://${target}/site/`, '--wait');
    expect(answer).toMatchObject({ result: { job: { state: 'done' } } });
    expect(await textOf(target, 'site/anna/Reports/Q3 final.txt')).toBe('three');
  });

  it('is held, and nothing of it marked, when all its lists turn empty', async () => {
    server.site.model.end({ byId: 'not-found' });
    const { code } = await tryHoldfast('reconcile', SOURCE, '--wait');
    expect(code).toBe(3);
    expect((await catalog.getSource(SOURCE))?.heldDeletions?.count).toBeGreaterThan(0);
    expect(await pathsOf()).toContain('anna/Reports/Q3 final.txt');
  });
});
