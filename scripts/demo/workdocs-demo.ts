import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { queueAddresses } from '@holdfast/core/runtime/queue-addresses.ts';
import { NAMES_FILE } from '../../cli/local/names-list.ts';
import type { SiteModel } from '../../testing/memory/site-model.ts';
import { latestOf } from '../../testing/memory/site-things.ts';
import { startWorkDocsServer } from '../../testing/workdocs-server/server.ts';
import type { Cloud } from '../lib/cloud.ts';
import { workdocsEndpoint } from '../lib/ministack-env.ts';
import { readFolder } from './folder.ts';
import { holdfastJson } from './holdfast.ts';
import { importSampleExport } from './sample-export.ts';
import { fillSampleSite } from './sample-site.ts';
import { heading, must, nextWholeSecond, say } from './show.ts';

const WAIT_SECONDS = 90;
/** Exit code of whatever is held, or otherwise not as it should be. */
const NOT_WHOLE = 3;

/** Shows the whole way of a WorkDocs site: followed, changed, restored as it was before. @returns the exit code */
export async function runWorkDocsDemo(cloud: Cloud, env: NodeJS.ProcessEnv): Promise<number> {
  const id = Date.now().toString(36);
  const site = `d-${createHash('sha256').update(id).digest('hex').slice(0, 10)}`;
  const port = Number(new URL(workdocsEndpoint(Number(new URL(cloud.endpoint).port))).port);
  const server = await startWorkDocsServer({ port, organizationId: site });
  try {
    const demo = { cloud, env, source: `workdocs://${site}`, id, people: server.site.model };
    const code = await show(demo);
    for (const defect of server.defects) say(`the WorkDocs server has a defect: ${defect}`);
    return server.defects.length === 0 ? code : 1;
  } finally {
    await server.close();
  }
}

type Demo = {
  readonly cloud: Cloud;
  readonly env: NodeJS.ProcessEnv;
  readonly source: string;
  readonly id: string;
  readonly people: SiteModel;
};

async function show(demo: Demo): Promise<number> {
  const { env, source, id, people } = demo;
  heading(`A WorkDocs site, ${source}, served at ${people.urls.base}`);
  const sample = fillSampleSite(people);
  const documents = [...people.resources()].filter(({ kind }) => kind === 'document').length;
  say(
    `2 users, ${documents} documents: two of one name in a folder, names like ../../evil.txt and 2022-01-01`,
  );

  heading('Protect it: a first crawl brings all users, folders, documents and versions');
  await must(['protect', source, '--wait'], env);
  await must(['ls', source], env);

  heading('People go on: a rename, a new version, a folder into the recycle bin');
  const moment = await nextWholeSecond();
  const expected = contentsOf(people);
  people.rename(sample.budget.documentId, 'budget 2027.txt');
  people.upload({ documentId: sample.budget.documentId }, 'a budget of 0, by a mistake\n');
  people.recycle(sample.notes.id);
  await poll(demo);
  await untilListed(demo, (paths) => paths.includes('budget 2027.txt') && !paths.includes('Notes/'));
  await must(['versions', `${source}/anna/Plans/budget 2027.txt`], env);
  await must(['diff', source, moment], env);

  heading(`Restore the moment before, ${moment}, into a folder`);
  const target = resolve(import.meta.dirname, `../../.holdfast/workdocs-${id}`);
  await must(['restore', source, '--to', target, '--at', moment], env);

  heading('Compare every restored byte with what the site had');
  const found = await digestsBelow(target);
  if (found.join() !== expected.join()) {
    say(`${target} is NOT the site as it was: ${found.length} files, and ${expected.length} were expected`);
    return 1;
  }
  say(`${found.length} files have the bytes that the documents had; none is missing, none is extra`);

  heading('Restore the same moment into another WorkDocs site, with all versions');
  if (!(await restoreIntoAnother(demo, moment, expected))) return 1;

  heading('The service ends: every list is empty. Nothing is taken for deleted');
  people.end();
  await must(['reconcile', source, '--wait'], env, NOT_WHOLE);
  await must(['status', source], env, NOT_WHOLE);
  // Nobody is there to be polled any more; what the vault has of it stays.
  await must(['unprotect', source, '--yes'], env);

  await importSampleExport(id, env);
  conclude(source, target);
  return 0;
}

/** Twice: the second time there is nothing to do. */
async function restoreIntoAnother(
  { env, source }: Demo,
  moment: string,
  expected: readonly string[],
): Promise<boolean> {
  const organizationId = 'd-0123456789';
  const other = await startWorkDocsServer({ organizationId });
  try {
    const { model } = other.site;
    for (const username of ['anna', 'bob']) model.createUser(username);
    const there = { ...env, AWS_ENDPOINT_URL_WORKDOCS: other.url };
    const restore = [
      'restore',
      source,
      '--to',
      `workdocs://${organizationId}`,
      '--at',
      moment,
      '--all-versions',
    ];
    await must(restore, there);
    await must(restore, there);
    const found = contentsOf(model);
    const isSame = found.join() === expected.join() && other.defects.length === 0;
    say(
      `${found.length} documents of workdocs://${organizationId} ${isSame ? 'have' : 'do NOT have'} the same bytes`,
    );
    return isSame;
  } finally {
    await other.close();
  }
}

/** What the schedule sends. */
async function poll({ cloud, source }: Demo): Promise<void> {
  const MessageBody = JSON.stringify({ kind: 'poll', source });
  await new SQSClient().send(
    new SendMessageCommand({
      QueueUrl: queueAddresses(cloud.outputs).site.url,
      MessageBody,
    }),
  );
}

async function untilListed({ source, env }: Demo, isThere: (paths: string) => boolean): Promise<void> {
  const started = Date.now();
  while (Date.now() - started < WAIT_SECONDS * 1_000) {
    const { output } = await holdfastJson(['ls', source], env);
    if (isThere(typeof output === 'string' ? output : JSON.stringify(output))) {
      say(`in the vault ${((Date.now() - started) / 1_000).toFixed(1)} s after the poll`);
      return;
    }
    await pause(500);
  }
  throw new Error(`what people changed is not in the vault after ${WAIT_SECONDS} s`);
}

/** Digests of all documents that are there, sorted. */
function contentsOf(people: SiteModel): string[] {
  const documents = [...people.resources()].flatMap((thing) => {
    const bytes = thing.kind === 'document' && thing.status === 'ACTIVE' ? latestOf(thing)?.bytes : undefined;
    return bytes === undefined ? [] : [digestOf(bytes)];
  });
  return documents.toSorted();
}

async function digestsBelow(root: string): Promise<string[]> {
  const { files } = await readFolder(root);
  const documents = files.filter(({ key }) => key !== NAMES_FILE);
  return (await Promise.all(documents.map(async ({ path }) => digestOf(await readFile(path))))).toSorted();
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function conclude(source: string, target: string): void {
  heading('Proved');
  say(`${source} went into the vault, its changes by polls of its activities, and back to ${target}`);
  say('byte for byte, as of a moment before people changed it; its end deleted nothing.');
  say('');
  say('The local cloud is still up, the WorkDocs server is not. Go on with:');
  say('  eval "$(npm run -s cloud:up)"                 # lets the CLI talk to it');
  say(`  npx holdfast ls ${source}`);
  say(`  npx holdfast history ${source}`);
  say(`  npx holdfast restore ${source} --to ./all.zip --all-versions`);
  say('  npm run cloud:down');
}
