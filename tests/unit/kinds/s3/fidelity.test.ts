import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ORIGIN_TAG } from '@holdfast/core/model/origin.ts';
import { type Report, reportOf } from '@holdfast/core/model/report.ts';
import { restoreJob } from '@holdfast/core/restore/restore-job.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Content } from '../../../../testing/memory/s3-content.ts';
import type { Attributes } from '../../../../testing/memory/s3-version.ts';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../../testing/pipeline.ts';

const KEY = 'a.html';
const COPY = `s3/${SOURCE}/${KEY}`;
const BODY = '<p>of everything S3 keeps</p>';
const KMS_KEY = 'arn:aws:kms:us-east-1:111122223333:key/0d1e2f3a-0000-4000-8000-000000000001';
const PUBLIC = [{ to: 'http://acs.amazonaws.com/groups/global/AllUsers', may: 'READ' }] as const;
const LOCK = { mode: 'GOVERNANCE', until: Date.parse('2027-01-01T00:00:00Z') };
const HEADERS = {
  contentType: 'text/html; charset=utf-8',
  cacheControl: 'max-age=60',
  contentDisposition: 'attachment; filename="a.html"',
  contentEncoding: 'identity',
  contentLanguage: 'de-AT',
  expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
};

/** Both ways that objects are copied: at once, and in parts. */
const WAYS = [
  ['at once', {}],
  ['in parts', { multipartThresholdBytes: 8, partBytes: 16 }],
] as const;

let pipeline: Pipeline;
const target = (): Content => pipeline.s3.object(TARGET, KEY).content;
const source = (): Content => pipeline.s3.object(SOURCE, KEY).content;
const vault = (): Content => pipeline.s3.object(VAULT, COPY).content;

async function there(attributes: Attributes = {}): Promise<void> {
  pipeline.s3.put(SOURCE, KEY, BODY, attributes);
  await pipeline.drain();
}

async function thereAndBack(
  attributes: Attributes = {},
  request: Record<string, unknown> = {},
): Promise<void> {
  await there(attributes);
  expect(await pipeline.restore('j1', request)).toMatchObject({ state: 'done', counts: { restored: 1 } });
}

/** The report, as it lies in the vault. */
function report(jobId = 'j1'): Report {
  return JSON.parse(pipeline.s3.text(VAULT, `reports/restore/2026/03/01/${jobId}.json`) ?? '') as Report;
}

function notes(jobId?: string): Array<readonly [reason: string, detail: string | undefined]> {
  return (report(jobId).notes?.listed ?? []).map(({ reason, detail }) => [reason, detail] as const);
}

/** The rows of the matrix in docs/fidelity.md, by the names they have there. */
const ROWS: Readonly<Record<string, () => Promise<void>>> = {
  content: async () => {
    await thereAndBack();
    expect(target().body.toString()).toBe(BODY);
  },
  'content headers': async () => {
    await thereAndBack({ headers: HEADERS });
    expect(target().headers).toEqual(HEADERS);
  },
  'user metadata': async () => {
    await thereAndBack({ metadata: { author: 'Zoë 🦊', plain: 'x' } });
    expect(target().metadata).toEqual(source().metadata);
  },
  tags: async () => {
    await there({ tags: { team: 'x', 'a key': 'ä/ü+=' }, storageClass: 'STANDARD_IA' });
    pipeline.pass(60);
    pipeline.s3.delete(SOURCE, KEY);
    await pipeline.drain();
    const [marked] = pipeline.s3.bucket(VAULT).versions(COPY).slice(1);
    expect(Object.keys(marked?.content?.tags ?? {}).sort()).toEqual(
      ['Deleted', 'DeletedAt', 'a key', ORIGIN_TAG, 'team'].sort(),
    );
    await pipeline.restore('j1', { deletedOnly: true });
    expect(target().tags).toEqual({ team: 'x', 'a key': 'ä/ü+=' });

    await there({ tags: { team: 'x' } });
    pipeline.pass(60);
    const before = new Date(pipeline.now).toISOString();
    pipeline.pass(60);
    pipeline.s3.tag(SOURCE, KEY, { team: 'y' });
    await pipeline.drain();
    await pipeline.restore('j2', { target: `s3://${TARGET}/now/` });
    await pipeline.restore('j3', { target: `s3://${TARGET}/then/`, at: before });
    const restored = ['now', 'then'].map((place) => pipeline.s3.object(TARGET, `${place}/${KEY}`));
    expect(restored.map(({ content }) => content.tags)).toEqual([{ team: 'y' }, { team: 'x' }]);
  },
  'storage class': async () => {
    await thereAndBack({ storageClass: 'STANDARD_IA' });
    expect([vault().storageClass, target().storageClass]).toEqual(['STANDARD', 'STANDARD_IA']);
    expect(notes()).toEqual([]);
  },
  'website redirect': async () => {
    await thereAndBack({ websiteRedirect: '/elsewhere' });
    expect(target().websiteRedirect).toBe('/elsewhere');
  },
  encryption: async () => {
    await thereAndBack({ kmsKey: KMS_KEY });
    expect(target().kmsKey).toBeUndefined();
    const detail = `was encrypted with the KMS key ${KMS_KEY}; the target bucket's default is used`;
    expect(notes()).toEqual([['encryption', detail]]);
  },
  retention: async () => {
    await thereAndBack({ lock: LOCK });
    expect(target().lock).toBeUndefined();
    const detail = 'was locked: GOVERNANCE until 2027-01-01T00:00:00.000Z; locks are not brought back';
    expect(notes()).toEqual([['lock', detail]]);
  },
  'legal hold': async () => {
    await thereAndBack({ legalHold: true });
    expect(target().legalHold).toBeUndefined();
    expect(notes()).toEqual([['lock', 'was locked: a legal hold; locks are not brought back']]);
  },
  ACL: async () => {
    for (const bucket of [SOURCE, TARGET]) pipeline.s3.bucket(bucket).ownership = 'ObjectWriter';
    await pipeline.protect({ acls: { since: pipeline.now } });
    await thereAndBack({ grants: PUBLIC });
    expect(target().grants).toBeUndefined();
    expect(report().remarks).toEqual([expect.stringContaining('(ACLs) were left out')]);
    await pipeline.restore('j2', { target: `s3://${TARGET}/now/`, acls: true });
    expect(pipeline.s3.object(TARGET, `now/${KEY}`).content.grants).toEqual(PUBLIC);
    expect(report('j2').remarks).toBeUndefined();
    expect(notes('j2')).toEqual([]);
    pipeline.s3.bucket(TARGET).ownership = 'BucketOwnerEnforced';
    await pipeline.restore('j3', { target: `s3://${TARGET}/off/`, acls: true });
    expect(notes('j3')).toEqual([['acl', 'had an ACL of 1 grant; the target bucket takes no ACLs']]);
  },
  'version id': async () => {
    pipeline.s3.bucket(TARGET).versioning = 'enabled';
    await thereAndBack();
    const ids = [SOURCE, TARGET].map((bucket) => pipeline.s3.object(bucket, KEY).versionId);
    expect(ids[1]).not.toBe(ids[0]);
    expect((await pipeline.entry(KEY)).sourceVersionId).toBe(ids[0]);
  },
  'last modified': async () => {
    await there();
    pipeline.pass(3600);
    await pipeline.restore('j1');
    const [was, is] = [SOURCE, TARGET].map((bucket) => pipeline.s3.object(bucket, KEY).lastModified);
    expect((await pipeline.entry(KEY)).lastModified).toBe(was);
    expect(is).toBe(pipeline.now);
  },
  checksum: async () => {
    await thereAndBack();
    const facts = await pipeline.store.head({ bucket: TARGET, key: KEY });
    expect((await pipeline.entry(KEY)).checksum).toEqual(facts.found && facts.object.checksum);
  },
  ETag: async () => {
    pipeline.s3.uploadMultipart(SOURCE, KEY, ['<p>of ', 'parts</p>']);
    await pipeline.drain();
    await pipeline.restore('j1');
    expect((await pipeline.entry(KEY)).etag).toBe(source().etag);
    expect(target().etag).not.toBe(source().etag);
    expect(target().body).toEqual(source().body);
  },
};

const page = readFileSync(resolve(import.meta.dirname, '../../../../docs/fidelity.md'), 'utf8');

describe('the matrix in docs/fidelity.md', () => {
  it('has a row for each of these tests, and the other way round', () => {
    const rows = [...page.matchAll(/^\| ([^|]+?) \|/gm)].map(([, name = '']) => name);
    expect(rows.filter((name) => name !== 'field' && !name.startsWith('---'))).toEqual(Object.keys(ROWS));
  });
});

describe.each(WAYS)('of an object that is copied %s', (_way, settings) => {
  beforeEach(async () => {
    pipeline = new Pipeline({ settings, versioned: true });
    await pipeline.protect();
  });

  it.each(Object.keys(ROWS))('%s', async (name) => {
    await ROWS[name]?.();
  });
});

const CLASSES = ['STANDARD', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'REDUCED_REDUNDANCY'];
const ARCHIVES = ['GLACIER', 'DEEP_ARCHIVE'];

describe.each(WAYS)('what a copy made %s remembers', (way, settings) => {
  beforeEach(async () => {
    pipeline = new Pipeline({ settings });
    await pipeline.protect();
  });

  it('is nothing of the usual object, which costs no tag and no request more', async () => {
    await there({ storageClass: 'STANDARD' });
    expect(vault().tags).toEqual({});
    expect(pipeline.s3.requests.counts()).not.toHaveProperty('getTags');
  });

  // In parts, the tags that it has in the end are compared; on the same bytes at once, those that were read.
  it('is one tag, and the own tags are read only where there are any', async () => {
    const more = way === 'in parts' ? 1 : 0;
    await there({ storageClass: 'STANDARD_IA', lock: LOCK, legalHold: true, kmsKey: KMS_KEY });
    const origin = `class=STANDARD_IA lock=GOVERNANCE/2027-01-01T00:00:00.000Z hold kms=${KMS_KEY}`;
    expect(vault().tags).toEqual({ [ORIGIN_TAG]: origin });
    expect(pipeline.s3.requests.count('getTags')).toBe(more);

    pipeline.s3.requests.resetCounts();
    await there({ storageClass: 'STANDARD_IA', tags: { team: 'x' } });
    expect(vault().tags).toEqual({ team: 'x', [ORIGIN_TAG]: 'class=STANDARD_IA' });
    expect(pipeline.s3.requests.count('getTags')).toBe(2 + more);
  });

  it('is lost where ten tags leave no room, and a restore says so of that object', async () => {
    const tags = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`tag ${i}`, `${i}`]));
    await thereAndBack({ storageClass: 'STANDARD_IA', tags });
    expect(vault().tags).toEqual(tags);
    expect([target().tags, target().storageClass]).toEqual([tags, 'STANDARD']);
    expect(notes()).toEqual([['origin-unknown', expect.stringContaining('ten tags')]]);
  });

  it('stays when a deletion finds no room for its marks', async () => {
    const tags = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`tag ${i}`, `${i}`]));
    await there({ storageClass: 'STANDARD_IA', tags });
    pipeline.pass(60);
    pipeline.s3.delete(SOURCE, KEY);
    await pipeline.drain();
    await pipeline.restore('j1', { deletedOnly: true });
    expect([target().tags, target().storageClass]).toEqual([tags, 'STANDARD_IA']);
  });

  it('is found again by whoever looks whether a copy was made already', async () => {
    const event = () => pipeline.events[0]?.body ?? '';
    pipeline.s3.put(SOURCE, KEY, BODY, { storageClass: 'STANDARD_IA', tags: { team: 'x' } });
    const body = event();
    await pipeline.drain();
    const entry = await pipeline.entry(KEY);
    await pipeline.catalog.putEntry(
      { ...entry, rev: entry.rev + 1, state: 'unprotected', reason: 'failed' },
      entry.rev,
    );
    await pipeline.deliverEvents([pipeline.message(body)]);
    await pipeline.drain();
    expect(await pipeline.entry(KEY)).toMatchObject({ state: 'current' });
    expect(await pipeline.vaultHistory(KEY)).toEqual([BODY]);
  });

  it('is there for older versions too', async () => {
    await there({ storageClass: 'STANDARD_IA' });
    const at = new Date(pipeline.now).toISOString();
    pipeline.pass(60);
    await there();
    await pipeline.restore('j1', { at });
    expect(target().storageClass).toBe('STANDARD_IA');
  });
});

describe.each(WAYS)('the storage class of what is brought back %s', (_way, settings) => {
  beforeEach(async () => {
    pipeline = new Pipeline({ settings });
    await pipeline.protect();
  });

  it.each(CLASSES)('is %s again', async (storageClass) => {
    await thereAndBack({ storageClass });
    expect(target().storageClass).toBe(storageClass);
    expect(notes()).toEqual([]);
  });

  it.each(ARCHIVES)('is %s again of what was thawed to be captured, and it is said', async (storageClass) => {
    pipeline.s3.put(SOURCE, KEY, BODY, { storageClass });
    pipeline.s3.thaw(SOURCE, KEY);
    await pipeline.drain();
    const job = await pipeline.restore('j1', { verify: true });
    expect(job).toMatchObject({ state: 'done', counts: { restored: 1, verified: 1, notes: 1 } });
    expect(target().storageClass).toBe(storageClass);
    expect(notes()).toEqual([['in-archive', expect.stringContaining('thawed before it can be read')]]);
    expect(await pipeline.restore('again')).toMatchObject({ state: 'done', counts: { right: 1 } });
  });

  it('is the one that was asked for', async () => {
    await thereAndBack({ storageClass: 'STANDARD_IA' }, { storageClass: 'STANDARD' });
    expect(target().storageClass).toBe('STANDARD');
    await pipeline.restore('ia', { storageClass: 'GLACIER_IR', target: `s3://${TARGET}/ir/` });
    expect(pipeline.s3.object(TARGET, `ir/${KEY}`).content.storageClass).toBe('GLACIER_IR');
  });

  it('is STANDARD where a bucket does not know the other, which is noted', async () => {
    await thereAndBack({ storageClass: 'EXPRESS_ONEZONE' });
    expect(target().storageClass).toBe('STANDARD');
    expect(notes()).toEqual([['storage-class', expect.stringContaining('was in EXPRESS_ONEZONE')]]);
  });

  it('says nothing about what is right already: a lifecycle may have moved it', async () => {
    await thereAndBack();
    pipeline.s3.transition(TARGET, KEY, 'STANDARD_IA');
    expect(await pipeline.restore('again')).toMatchObject({ state: 'done', counts: { right: 1 } });
  });
});

describe('notes', () => {
  beforeEach(async () => {
    pipeline = new Pipeline();
    await pipeline.protect();
  });

  it('do not make a job partial; they are counted, and apart from problems in both reports', async () => {
    pipeline.s3.put(SOURCE, 'b', 'two', { lock: LOCK, kmsKey: KMS_KEY });
    pipeline.s3.put(TARGET, 'c', 'other');
    pipeline.s3.put(SOURCE, 'c', 'three');
    await pipeline.drain();
    expect(await pipeline.restore('j1')).toMatchObject({
      state: 'partial',
      counts: { restored: 1, conflicts: 1, notes: 2 },
    });
    const { problems, reasons, notes: noted } = report();
    expect(problems.map(({ key }) => key)).toEqual(['c']);
    expect(reasons).toEqual([{ reason: 'conflict', count: 1 }]);
    expect(noted).toMatchObject({
      reasons: [
        { reason: 'encryption', count: 1 },
        { reason: 'lock', count: 1 },
      ],
      further: 0,
    });
    const page = pipeline.s3.text(VAULT, 'reports/restore/2026/03/01/j1.html') ?? '';
    expect(page).toContain('Not brought back, or good to know');
    expect(page).toContain('GOVERNANCE until 2027-01-01');
  });

  it('are said once of a folder or an archive, where little has a place', async () => {
    await thereAndBack();
    const none = { reasons: [], problems: [], furtherProblems: 0 };
    const job = { ...(await pipeline.job('j1')), trigger: 'command' };
    expect(reportOf(job, none, restoreJob.remarks?.(job)).remarks).toEqual([
      expect.stringContaining('Folders and archives'),
    ]);
    const right = { ...job, counts: { right: 1 } };
    expect(reportOf(right, none, restoreJob.remarks?.(right))).not.toHaveProperty('remarks');
  });

  it('are not made of a key that the target bucket has itself', async () => {
    pipeline.s3.bucket(TARGET).kmsKey = KMS_KEY;
    await thereAndBack({ kmsKey: KMS_KEY });
    expect(target().kmsKey).toBe(KMS_KEY);
    expect(notes()).toEqual([]);
  });
});
