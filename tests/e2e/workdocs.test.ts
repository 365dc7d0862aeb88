import { createHash } from 'node:crypto';
import { type DocumentRecord, parseRecord } from '@holdfast/core/model/workdocs/records.ts';
import { recordKey, versionKey } from '@holdfast/core/model/workdocs/site-key.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorkDocsServer, type WorkDocsServer } from '../support/workdocs-server/server.ts';
import { bytesOf, catalog, eventually, holdfast, send, textOf, vault } from './support/cloud.ts';

const SITE = `d-${createHash('sha256').update(`${process.pid}-${Date.now()}`).digest('hex').slice(0, 10)}`;
const SOURCE = `workdocs://${SITE}`;
const LARGE = Buffer.alloc(20 * 1024 * 1024, 'a large one ');

let server: WorkDocsServer;

beforeAll(async () => {
  const endpoint = new URL(process.env['AWS_ENDPOINT_URL'] ?? '');
  server = await startWorkDocsServer({ port: Number(endpoint.port) + 1, organizationId: SITE });
});

afterAll(() => server?.close());

async function poll(): Promise<void> {
  await send('SiteQueueUrl', { kind: 'poll', source: SOURCE });
}

async function recordOf(id: string): Promise<DocumentRecord> {
  const key = recordKey(SITE, { kind: 'document', id });
  return parseRecord(await textOf(vault, key), key) as DocumentRecord;
}

describe('a WorkDocs site', () => {
  it('is in the vault, every version of it', async () => {
    const { model } = server.site;
    const anna = model.createUser('anna');
    const reports = model.createFolder(anna.rootFolderId, 'Reports');
    const first = model.upload({ parentId: reports.id }, 'one', { name: 'q3.txt' });
    model.upload({ documentId: first.documentId }, 'two', { name: 'q3.txt' });
    const large = model.upload({ parentId: anna.rootFolderId }, LARGE, { name: 'large.bin' });
    const answer = await holdfast('protect', SOURCE, '--wait');
    expect(answer).toMatchObject({ source: SOURCE, result: { job: { state: 'done' } } });
    const record = await recordOf(first.documentId);
    expect(record.versions).toHaveLength(2);
    const contents = await Promise.all(
      record.versions.map(({ id }) => textOf(vault, versionKey(SITE, first.documentId, id))),
    );
    expect(contents).toEqual(['one', 'two']);
    expect((await bytesOf(vault, versionKey(SITE, large.documentId, large.versionId))).equals(LARGE)).toBe(
      true,
    );
    expect(server.defects).toEqual([]);
    await poll();
    await eventually('a poll', async () => (await catalog.getSource(SOURCE))?.lastPollAt);
  });
});
