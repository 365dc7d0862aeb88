import type { S3Client } from '@aws-sdk/client-s3';
import prettyBytes from 'pretty-bytes';
import { type Comparison, compareWithFolder, makeBucket, putText, remove, upload } from './buckets.ts';
import type { Folder, FolderFile } from './folder.ts';
import { heading, must, nextWholeSecond, say } from './show.ts';

export type Demo = {
  readonly root: string;
  readonly folder: Folder;
  /** Environment of the `holdfast` commands. */
  readonly env: NodeJS.ProcessEnv;
  readonly s3: S3Client;
};

const SPOILED = 10;

/** Shows the whole way, from a folder to a bucket restored from its backup. @returns the exit code */
export async function runDemo({ root, folder, env, s3 }: Demo): Promise<number> {
  const { files, bytes, leftOut } = folder;
  const id = Date.now().toString(36);
  const source = `demo-${id}`;
  const target = `holdfast-restore-${id}`;
  const total = `${files.length} files, ${prettyBytes(bytes)}`;

  heading(
    `A bucket from ${root} (${total}${leftOut > 0 ? `; ${leftOut} links and special files left out` : ''})`,
  );
  await makeBucket(s3, source);
  await upload(s3, source, files, showCount('uploaded', files.length));

  heading(
    `Protect s3://${source}: the objects that are there are backed up now, every change from here on by its event`,
  );
  await must(['protect', `s3://${source}`, '--wait'], env);

  heading('Change it: overwrite some, delete some, add one');
  const moment = await nextWholeSecond();
  const { overwritten, deleted } = await spoil(s3, source, files);
  say(`${overwritten} overwritten, ${deleted} deleted, 1 added`);
  await must(['status', `s3://${source}`, '--wait'], env);
  await must(['ls', `s3://${source}`, '--deleted'], env);

  heading(`Restore the moment before, ${moment}, into another bucket`);
  await makeBucket(s3, target);
  const restore = ['restore', `s3://${source}`, '--to', `s3://${target}`, '--at', moment, '--wait'];
  await must(restore, env);

  heading('Compare every restored byte with the folder');
  const found = await compareWithFolder(s3, target, files);
  if (!isSame(found, files)) return fail(found, target);
  say(
    `${found.equal} of ${files.length} objects are the files they came from; none is missing, none is extra`,
  );

  heading('Restore again: nothing is left to do');
  await must(restore, env);

  conclude(source, target, found.equal, bytes);
  return 0;
}

async function spoil(s3: S3Client, bucket: string, files: readonly FolderFile[]) {
  const some = Math.min(SPOILED, Math.floor(files.length / 2));
  const overwritten = files.slice(0, some);
  const deleted = files.slice(files.length - some);
  for (const { key } of overwritten) await putText(s3, bucket, key, 'overwritten by a mistake\n');
  for (const { key } of deleted) await remove(s3, bucket, key);
  await putText(s3, bucket, 'added later.txt', 'added after the moment that is restored\n');
  return { overwritten: overwritten.length, deleted: deleted.length };
}

function isSame({ equal, extra }: Comparison, files: readonly FolderFile[]): boolean {
  return equal === files.length && extra.length === 0;
}

function fail({ missing, different, extra }: Comparison, target: string): number {
  const list = (keys: readonly string[]) =>
    keys
      .slice(0, 5)
      .map((key) => JSON.stringify(key))
      .join(', ');
  say(`s3://${target} is NOT the folder:`);
  say(`  ${missing.length} missing ${list(missing)}`);
  say(`  ${different.length} different ${list(different)}`);
  say(`  ${extra.length} extra ${list(extra)}`);
  return 1;
}

function conclude(source: string, target: string, equal: number, bytes: number): void {
  heading('Proved');
  say(
    `${equal} objects (${prettyBytes(bytes)}) went from a folder to s3://${source}, into the vault, and back to`,
  );
  say(
    `s3://${target} byte for byte, as of a moment before they were overwritten and deleted; a second restore copied nothing.`,
  );
  say('');
  say('The local cloud is still up. Go on with:');
  say('  eval "$(npm run -s cloud:up)"                 # lets any AWS tool talk to it');
  say('  npx holdfast sources');
  say(`  npx holdfast versions 's3://${source}/added later.txt'`);
  say(`  npx holdfast ls s3://${source} --deleted`);
  say('  npx holdfast jobs');
  say('  npm run cloud:down');
}

/** Counts on a terminal as it goes; in a pipe, says the end only. */
function showCount(verb: string, total: number): (done: number) => void {
  return (done) => {
    if (process.stdout.isTTY) process.stdout.write(`\r${verb} ${done} of ${total}`);
    if (done === total) say(process.stdout.isTTY ? '' : `${verb} ${total}`);
  };
}
