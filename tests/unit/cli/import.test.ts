import { checksums } from '@holdfast/core/aws/checksums.ts';
import { registerSource } from '@holdfast/core/catalog/register-source.ts';
import { importExport } from '@holdfast/core/kinds/workdocs/import/import-export.ts';
import { isInExport } from '@holdfast/core/kinds/workdocs/import/import-names.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import fc from 'fast-check';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { KINDS } from '../../../cli/kinds/all.ts';
import { findExport } from '../../../cli/kinds/workdocs/import/find-export.ts';
import { explainMessage } from '../../../operations/failures/list-failures.ts';
import { ImportedSchema } from '../../../operations/json/import.ts';
import { StatusSchema } from '../../../operations/json/status.ts';
import { VAULT } from '../../../testing/pipeline.ts';
import { zipOf } from '../../support/given-export.ts';
import { CALLER, CliWorld, footprint } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(async () => {
  cli = new CliWorld();
  cli.givenBucket('exports', { 'd-1234567890/readme.txt': 'of the tool', 'texts/a.txt': 'a' });
  cli.pipeline.s3.put('exports', 'd-1234567890/alice.zip', await zipOf({ 'a/plan.txt': 'plan' }));
  cli.meanwhile = async () => {
    await step();
    await cli.pipeline.drain();
  };
});

/** Does each message of the import queue that is there. */
async function step(): Promise<void> {
  for (const body of cli.pipeline.queue.take('import')) {
    const message = cli.pipeline.message(body);
    message.receives++;
    await importExport(body, cli.pipeline.delivery(message), { ...cli.pipeline.world, checksums });
  }
}

/** Does all of an import that was sent. */
async function finish(): Promise<void> {
  while (cli.pipeline.queue.waiting('import').length > 0) await step();
  await cli.pipeline.drain();
}

const IMPORT = ['import', 'workdocs-export', 's3://exports/d-1234567890/'] as const;
const SOURCE = 'workdocs://d-1234567890';

describe('import workdocs-export', () => {
  it('shows the plan and asks before anything is changed', async () => {
    cli.answer = 'n';
    const before = await footprint(cli);
    const { code, stderr } = await cli.run(...IMPORT);
    expect(code).toBe(1);
    expect(stderr).toContain(`s3://exports/d-1234567890/ goes into ${SOURCE}: 1 zip`);
    expect(stderr).toContain('1 other object is listed in the report, and not read');
    expect(cli.questions).toEqual(['Import it? [y/N] ']);
    expect(await footprint(cli)).toEqual(before);
  });

  it('lets the export be read, registers the site in the vault, and sends the message', async () => {
    const { code, stdout } = await cli.run(...IMPORT, '--yes', '--versions-named', '{name} (v{n}){ext}');
    expect(code).toBe(0);
    expect(stdout).toContain('holdfast job import-20260301-120000-r1 --wait');
    const [stack] = [...cli.stacks.requests.values()];
    expect(stack).toMatchObject({
      name: expect.stringMatching(/^holdfast-source-workdocs-d-1234567890-/),
      parameters: {
        Bucket: 'exports',
        Prefix: 'd-1234567890/',
        ImportExportRole: 'import-export',
        KmsKeyArn: '',
      },
      tags: { 'holdfast:source': SOURCE },
    });
    expect(cli.pipeline.s3.text(VAULT, 'sources/workdocs/d-1234567890.json')).toContain(
      's3://exports/d-1234567890/',
    );
    expect(await cli.pipeline.catalog.getSource(SOURCE)).toMatchObject({
      state: 'protected',
      site: { importedFrom: 's3://exports/d-1234567890/' },
    });
    expect(cli.pipeline.queue.waiting('import').map((body) => JSON.parse(body))).toEqual([
      {
        kind: 'import',
        export: 's3://exports/d-1234567890/',
        source: SOURCE,
        jobId: 'import-20260301-120000-r1',
        versionsNamed: '{name} (v{n}){ext}',
        askedBy: CALLER,
      },
    ]);
  });

  it('waits, tells what it came to, and exits 3 for what it left', async () => {
    const { code, stdout } = await cli.run(...IMPORT, '--yes', '--wait');
    expect(stdout).toContain('1 imported (4 B), 1 object that is no zip');
    expect(stdout).toContain('not-a-zip: d-1234567890/readme.txt');
    expect(stdout).toMatch(/report: s3:\/\/vault\/reports\/import\//);
    expect(code).toBe(3);
  });

  it('answers in JSON as documented', async () => {
    const { stdout, json } = await cli.run(
      ...IMPORT,
      '--as',
      'workdocs://old-site',
      '--yes',
      '--wait',
      '--json',
    );
    expect(v.parse(ImportedSchema, json()[0])).toMatchObject({
      source: 'workdocs://old-site',
      export: 's3://exports/d-1234567890/',
      plan: { zips: 1, others: 1 },
      result: { job: { kind: 'import', state: 'partial' } },
    });
    expect(stdout.trimEnd().split('\n').length).toBe(1);
  });

  it('stays told of by status and sources for as long as the last one was not whole', async () => {
    await cli.run(...IMPORT, '--yes', '--wait');
    const words = `${SOURCE}: its last import is done in part (1 left out or failed); see: holdfast job import-20260301-120000-r1`;
    const { code, stdout } = await cli.run('status');
    expect(stdout).toContain(`! ${words}\n`);
    expect(code).toBe(3);
    expect((await cli.run('sources')).stdout).toContain(words);
    const told = v.parse(StatusSchema, (await cli.run('status', SOURCE, '--json')).json()[0]);
    expect(told.attention).toEqual([words]);
    expect(told.sources[0]?.lastImport).toMatchObject({
      job: 'import-20260301-120000-r1',
      state: 'partial',
      left: 1,
    });
    cli.pipeline.s3.delete('exports', 'd-1234567890/readme.txt');
    await cli.run(...IMPORT, '--yes');
    expect((await cli.run('status')).stdout).toContain(`! ${words}\n`);
    await finish();
    expect(await cli.run('status')).toMatchObject({ code: 0 });
  });

  it('that failed, or was cancelled, is told of by status', async () => {
    await cli.run(...IMPORT, '--yes');
    cli.pipeline.s3.delete('exports', 'd-1234567890/alice.zip');
    await finish();
    const attention = async () =>
      v.parse(StatusSchema, (await cli.run('status', '--json')).json()[0]).attention;
    expect(await attention()).toEqual([
      `${SOURCE}: its last import failed; see: holdfast job import-20260301-120000-r1`,
    ]);
    cli.pipeline.s3.put('exports', 'd-1234567890/alice.zip', await zipOf({ 'a/plan.txt': 'plan' }));
    const { json } = await cli.run(...IMPORT, '--yes', '--json');
    const { jobId } = v.parse(ImportedSchema, json()[0]);
    await step();
    const cancelled = await cli.run('job', String(jobId), '--cancel', '--yes');
    const again = `holdfast import workdocs-export s3://exports/d-1234567890/ --as ${SOURCE}`;
    expect(cancelled.stdout).toContain(`what was imported stays; the rest is brought by: ${again}`);
    await finish();
    expect(await attention()).toEqual([
      `${SOURCE}: its last import was cancelled; see: holdfast job ${jobId}`,
    ]);
  });

  it('that is cancelled names the command that brings the rest as it was asked for', async () => {
    const pattern = '{name} (v{n}){ext}';
    const { json } = await cli.run(...IMPORT, '--yes', '--json', '--versions-named', pattern);
    const { jobId } = v.parse(ImportedSchema, json()[0]);
    await step();
    const { stdout } = await cli.run('job', String(jobId), '--cancel', '--yes');
    expect(stdout).toContain(` --as ${SOURCE} --versions-named '${pattern}'`);
  });

  it('that was refused says nothing of a site that is backed up as it lives', async () => {
    await registerSource({ source: SOURCE, protectedAt: 0, site: {} }, cli.pipeline.world);
    const request = { kind: 'import', export: 's3://exports/d-1234567890/', source: SOURCE, jobId: 'i' };
    await cli.pipeline.queue.send('import', [JSON.stringify(request)]);
    await finish();
    expect(await cli.pipeline.catalog.getJob('i')).toMatchObject({ state: 'failed' });
    expect(await cli.pipeline.catalog.getSource(SOURCE)).not.toHaveProperty('lastImport');
  });

  it('counts what tables said, one and many', async () => {
    const table = 'path,comment id,comment\nplan.txt,c1,one\nnowhere.txt,c2,two\nnowhere.txt,c3,three\n';
    cli.pipeline.s3.put('exports', 'tables/bob.zip', await zipOf({ 'comments.csv': table, 'plan.txt': 'x' }));
    const { stdout } = await cli.run('import', 'workdocs-export', 's3://exports/tables/', '--yes', '--wait');
    expect(stdout).toContain('1 comment or permission attached, 2 comments and permissions not attached');
  });

  it('says where a running import stands', async () => {
    await cli.run(...IMPORT, '--yes', '--wait');
    expect(cli.progress.some((text) => /: 1 entry of 1 zip, 1 imported \(4 B\)/.test(text))).toBe(true);
  });

  it.each([
    ['a bucket that is not there', ['s3://nowhere/x'], /there is no bucket s3:\/\/nowhere/],
    ['a place without zips', ['s3://exports/texts/'], /no zip among 1 object/],
    [
      'the beginning of a name',
      ['s3://exports/d-1234567890/readme'],
      /neither a folder nor a zip, but the beginning of s3:\/\/exports\/d-1234567890\/readme\.txt: name one/,
    ],
    [
      'the beginning of several',
      ['s3://exports/d-12'],
      /beginning of s3:\/\/exports\/d-1234567890\/: name one/,
    ],
    ['an empty place', ['s3://exports/empty/'], /there is nothing at s3:\/\/exports\/empty/],
    ['the vault', [`s3://${VAULT}/x`], /is the vault itself/],
    ['no place of S3', ['exports/x'], /write it as s3:\/\/bucket\/prefix/],
    ['a part of a site', ['s3://exports/', '--as', 'workdocs://old/alice'], /names a part of a site/],
    ['an alias of a key', ['s3://exports/', '--kms-key', 'alias/exports'], /--kms-key "alias\/exports"/],
    [
      'a pattern that tells nothing',
      ['s3://exports/', '--versions-named', '{name}'],
      /needs \{name\} and \{n\}/,
    ],
  ])('refuses %s', async (_, words, message) => {
    const before = await footprint(cli);
    const { code, stderr } = await cli.run('import', 'workdocs-export', ...words, '--yes');
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(await footprint(cli)).toEqual(before);
  });

  it('takes the folder that is named, with its slash or without, and nothing beside it', async () => {
    for (const key of [
      'exp-2025/alice.zip',
      'exp-2025-old/bob.zip',
      'exp-2025.zip',
      'exp-2025/x/carol.zip',
      'exp-2025x/dan.zip',
    ])
      cli.pipeline.s3.put('exports', key, await zipOf({ 'a.txt': key }));

    const { code, stdout } = await cli.run(
      'import',
      'workdocs-export',
      's3://exports/exp-2025',
      '--yes',
      '--wait',
      '--json',
    );

    const answer = v.parse(ImportedSchema, JSON.parse(stdout));
    expect(code).toBe(0);
    expect(answer).toMatchObject({ export: 's3://exports/exp-2025/', plan: { zips: 2, others: 0 } });
    const { stdout: listed } = await cli.run('ls', answer.source, '--json');
    const keys = listed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).key);
    expect(keys.sort()).toEqual(['alice/a.txt', 'x%2Fcarol/a.txt']);
    const [stack] = [...cli.stacks.requests.values()];
    expect(stack?.parameters).toMatchObject({ Prefix: 'exp-2025/' });
  });

  it('refuses what is a zip and a folder, and names both', async () => {
    cli.pipeline.s3.put('exports', 'all.zip', 'x');
    cli.pipeline.s3.put('exports', 'all.zip/alice.zip', 'x');

    const { code, stderr } = await cli.run('import', 'workdocs-export', 's3://exports/all.zip', '--yes');

    expect(code).toBe(2);
    expect(stderr).toContain('s3://exports/all.zip is a zip, and s3://exports/all.zip/ a folder');
  });

  it('takes no more than a person means, whatever lies beside it', async () => {
    const part = fc.constantFrom('a', 'a-b', 'ab', 'a.zip', 'a b', '0', '~');
    const key = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const keys = fc.uniqueArray(
      fc.oneof(
        key.map((one) => `${one}/u.zip`),
        key,
      ),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.oneof(
          key,
          key.map((one) => `${one}/`),
          fc.constant(''),
        ),
        async (all, prefix) => {
          const world = new CliWorld();
          world.givenBucket('exports', Object.fromEntries(all.map((one) => [one, 'x'])));
          const named = { bucket: 'exports', prefix };
          const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
          const inFolder = all.filter((one) => one.startsWith(folder) && one !== prefix);
          const isZip = prefix.endsWith('.zip') && all.includes(prefix);

          const place = await findExport(named, world.pipeline.store).catch((error: Error) => error.message);

          if (typeof place === 'string') {
            // Both, or the beginning of something.
            expect(isZip && inFolder.length > 0 ? 'both' : place).toMatch(
              isZip ? /^both$/ : /but the beginning of/,
            );
            expect(isZip || inFolder.length === 0).toBe(true);
            return;
          }
          const taken = all.filter((one) => one.startsWith(place.prefix) && isInExport(place, one));
          expect(taken.sort()).toEqual(
            (isZip && inFolder.length === 0 ? [prefix] : all.filter((one) => one.startsWith(folder))).sort(),
          );
        },
      ),
      { seed: 17, numRuns: 500 },
    );
  });

  it('refuses a site that is backed up as it lives', async () => {
    await registerSource({ source: SOURCE, protectedAt: 0, site: {} }, cli.pipeline.world);
    const { code, stderr } = await cli.run(...IMPORT, '--yes');
    expect(stderr).toContain(
      'is, or was, backed up as it lives: name another for the export, with --as workdocs://',
    );
    expect(code).toBe(2);
  });

  it('refuses a second import into the same site while one is running', async () => {
    await cli.run(...IMPORT, '--yes');
    const [body = ''] = cli.pipeline.queue.take('import');
    await importExport(body, cli.pipeline.delivery(cli.pipeline.message(body)), {
      ...cli.pipeline.world,
      checksums,
    });
    const { code, stderr } = await cli.run(...IMPORT, '--yes');
    expect(stderr).toContain('is running: wait for it (holdfast job import-20260301-120000-r1 --wait)');
    expect(code).toBe(2);
  });

  it('needs somebody to ask, or --yes', async () => {
    const { code, stderr } = await cli.run(...IMPORT);
    expect(stderr).toContain('say --yes');
    expect(code).toBe(2);
  });

  it('keeps what would be a wildcard in a policy to itself', async () => {
    cli.pipeline.s3.put('exports', 'a*b/alice.zip', await zipOf({ x: 'x' }));
    await cli.run('import', 'workdocs-export', 's3://exports/a*b/', '--yes');
    const [stack] = [...cli.stacks.requests.values()];
    expect(stack?.parameters['Prefix']).toBe(['a$', '{*}b/'].join(''));
  });
});

it('messages of imports that were given up are told in words', async () => {
  const words = (message: object) => explainMessage('import', JSON.stringify(message), KINDS).what;
  const step = { jobId: 'i1', step: 's' };
  const zip = { key: 'x/alice.zip', size: 9, etag: 'e' };
  const at = { cursor: 1, index: 300, packed: 0, start: 0, end: 0 };
  expect([
    words({ kind: 'import', export: 's3://exports/x', source: SOURCE, jobId: 'i1' }),
    words({ kind: 'list', ...step, pass: 'documents' }),
    words({ kind: 'scan', ...step, pass: 'documents', zip }),
    words({ kind: 'entries', ...step, zip, at, count: 100 }),
    words({ kind: 'table', ...step, zip, at, row: 7 }),
    words({ kind: 'total', ...step, objects: 0, bytes: 0, unprotected: 0 }),
    words({ kind: 'other' }),
  ]).toEqual([
    `import of s3://exports/x into ${SOURCE} (job i1)`,
    'listing of an export (job i1)',
    'directory of x/alice.zip, from entry 0 on (job i1)',
    'import of 100 entries of x/alice.zip, from 300 on (job i1)',
    'comments or permissions of x/alice.zip, from row 7 on (job i1)',
    'count of what an import came to (job i1)',
    expect.stringContaining('not understood: not an import message'),
  ]);
});

it('messages of sites that were given up are told in words, with what they are about', async () => {
  const words = (queue: QueueName, message: object) =>
    explainMessage(queue, JSON.stringify({ source: SOURCE, ...message }), KINDS);
  const what = (queue: QueueName, message: object) => words(queue, message).what;
  const step = { id: 's1', phase: 'deletions' };
  const page = { since: 1, until: 2, marker: 'm' };
  expect([
    what('site', { kind: 'poll' }),
    what('site', { kind: 'poll', page }),
    what('site', { kind: 'crawl', trigger: 'manual', jobId: 'j1' }),
    what('site', { kind: 'crawl', trigger: 'schedule', step }),
    what('site', { kind: 'walk', folder: 'f1' }),
    what('site', { kind: 'other' }),
  ]).toEqual([
    `poll of ${SOURCE}`,
    `poll of ${SOURCE}, behind a page`,
    `crawl of ${SOURCE}, manual (job j1)`,
    `crawl of ${SOURCE}, schedule, step "deletions"`,
    `look into the folder f1 of ${SOURCE}`,
    expect.stringContaining('not understood: not a site message'),
  ]);
  expect(words('largeDocuments', { kind: 'large-version', documentId: 'd', versionId: 'v' })).toEqual({
    ...{ what: `large version v of the document d of ${SOURCE}`, readable: true },
    objects: [{ source: SOURCE, key: 'document/d' }],
  });
  const items = [
    { kind: 'document', id: 'd' },
    { kind: 'folder', id: 'f' },
  ];
  expect(words('documents', { kind: 'documents', jobId: 'j1', items })).toEqual({
    what: `capture of 2 documents, folders and users of ${SOURCE} (job j1)`,
    readable: true,
    objects: ['document/d', 'folder/f'].map((key) => ({ source: SOURCE, key })),
  });
});
