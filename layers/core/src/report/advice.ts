import { tableOf } from '../model/named-values.ts';
import type { Report } from '../model/report.ts';
import { isCrawl, listedOf } from './crawl-counts.ts';
import { importCommand } from './import-command.ts';

/** What a reason means, and what helps. Reasons that are not here speak for themselves in their details. */
const REASONS = tableOf({
  conflict: 'Another object is at the target and was left alone. --overwrite replaces it.',
  archived: 'The object is in an archive class and has to be thawed before it can be read.',
  'access-denied':
    'A right is missing: at the source, the target, or for a KMS key. Or the bucket belongs to another account now.',
  'customer-key': 'Encrypted with a key that only its owner has (SSE-C): nobody else can read it.',
  'key-too-long': 'The key is longer than S3 allows, once the target’s prefix stands before it.',
  'not-in-vault':
    'Nothing of it was captured, or it has expired. holdfast status shows what is not protected.',
  'vault-unreadable': 'The vault did not give out this copy.',
  'not-found': 'The object, or its copy, was not there any more.',
  'no-such-bucket': 'The bucket does not exist.',
  'precondition-failed': 'Somebody else wrote there at the same time. Doing it again looks anew.',
  throttled: 'AWS refused too many requests. Doing it again later helps.',
  unavailable: 'AWS did not answer as it should. Doing it again later helps.',
  wrong: 'These bytes are not those that were recorded.',
  missing: 'The catalog names a copy that the vault does not have.',
  foreign: 'Somebody put it there, or a handler died before it recorded it: a restore would bring it back.',
  hidden: 'Somebody put a delete marker on the copy: a restore of now leaves it out, and it expires.',
  'no-record': 'Somebody put it there: no record of a site is named so.',
  unverifiable: 'As long as it should be; nothing is recorded to compare its bytes with.',
  'key-empty':
    'Nothing is left of the key at the target, and it has content. Give the target a prefix, or strip less.',
  'not-deleted': 'It is beyond what was restored, and could not be deleted.',
  'held-deletions': 'More would have been deleted than the request allows: nothing was.',
  failed: 'All attempts failed. Doing it again tries anew.',
  encryption: 'Objects are encrypted as the target bucket does it by default. Their bytes are the same.',
  acl: 'Who else may read these objects is not as it was. Look at the ACLs, and at what the target bucket blocks.',
  'acl-unreadable': 'Its bytes are in the vault. A restore with ACLs gives it the default one, and says so.',
  lock: 'Put retention and legal holds on again where they are still needed.',
  'storage-class': 'This class cannot be asked for here. A lifecycle rule, or a copy, can move the objects.',
  'origin-unknown':
    'If it was in another class, locked or encrypted with a KMS key, that is not known any more.',
  'in-archive':
    'It was in an archive, and is in one again. --storage-class STANDARD brings it back readable.',
  corrupt:
    'Its bytes are not what the zip says, or a table is none any more. Another copy of the zip may be whole.',
  'damaged-zip': 'The zip is not whole. What stands before the damage is imported.',
  encrypted: 'Unpack it with its password, and keep what comes out of it.',
  'unsafe-name': 'Its name would lead out of its folder: nothing of it was kept.',
  'zip-bomb': 'It says that it unpacks to far more than files do.',
  overlapping: 'It shares its bytes with other entries: a trick by which a small zip seems large.',
  'not-a-zip': 'It lies beside the zips, and is none: keep it by protecting the bucket, if it is wanted.',
  'not-attached': 'What a table says of it is in the table, which is a document of the user.',
  changed: 'The zip was replaced or went while it was read. Importing again reads it as it is now.',
  'not-listed': 'Too many to list in one row of the catalog; all are counted.',
});

export function meaningOf(reason: string): string | undefined {
  return REASONS.get(reason);
}

/** One thing to do: in words, and as a command where there is one. */
export type Advice = { readonly words: string; readonly command?: string };

/** What to do next, the most urgent first; nothing when all is well. */
export function adviceOn(report: Report): Advice[] {
  if (report.state === 'done' || report.state === 'running') return [];
  if (report.kind === 'restore') return onRestore(report);
  if (report.kind === 'import') return onImport(report);
  return report.kind === 'reconcile' ? onReconcile(report) : onVerify(report);
}

function onRestore({ jobId, source, counts, request }: Report): Advice[] {
  if (source === 'unknown') return [{ words: 'Send the request again, as it should be.' }];
  const resume = {
    words: 'Do what is left; what is in place already is not copied again:',
    command: againOf(request) ?? `holdfast job ${jobId} --resume --wait`,
  };
  if ((counts['conflicts'] ?? 0) === 0) return [resume];
  return [resume, { words: 'To replace what differs at the target, restore again with --overwrite.' }];
}

/** The command that goes on with what a command line has done itself. */
function againOf(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null || !('again' in request)) return undefined;
  return typeof request.again === 'string' ? request.again : undefined;
}

function onReconcile({ source, counts, message, state }: Report): Advice[] {
  const again = {
    words: 'Compare again when that is mended:',
    command: `holdfast reconcile ${source} --wait`,
  };
  if (message !== undefined && state === 'partial') {
    if (isCrawl(counts) && listedOf(counts) === 0) return afterTheEndOfWorkDocs(source, counts);
    return [
      { words: 'Look at the source: were these objects meant to go?', command: `holdfast status ${source}` },
      { words: 'If they were, let the deletion through:', command: `holdfast approve ${source}` },
      { words: 'If they were not, bring them back to the source; the next reconcile finds them.' },
    ];
  }
  if ((counts['unprotected'] ?? 0) + (counts['waiting'] ?? 0) > 0)
    return [{ words: 'See what is not protected, and why:', command: `holdfast status ${source}` }, again];
  return [again];
}

function afterTheEndOfWorkDocs(source: string, counts: Report['counts']): Advice[] {
  const end = {
    words:
      'WorkDocs has ended, and answers with empty lists: that is no deletion. The vault has what there was. To end the polls:',
    command: `holdfast unprotect ${source}`,
  };
  if ((counts['gone'] ?? 0) === 0) return [end];
  const approve = {
    words: 'Only if the site was emptied by its people, let the deletion through:',
    command: `holdfast approve ${source}`,
  };
  return [end, approve];
}

function onImport({ source, request }: Report): Advice[] {
  return [
    {
      words: 'When that is mended, import again; what is in the vault already is not brought a second time:',
      command: importCommand(request, source, '--wait'),
    },
  ];
}

function onVerify({ source, counts }: Report): Advice[] {
  const onTop = (counts['foreign'] ?? 0) + (counts['hidden'] ?? 0);
  const compared = {
    words: 'Have what is foreign or hidden captured again, or marked deleted, as the source has it:',
    command: `holdfast reconcile ${source} --vault --wait`,
  };
  const named = { words: 'Have the catalog name only what the vault has:', command: 'holdfast reindex' };
  const whole = {
    words: 'See which versions of an object there are, and restore one that is whole:',
    command: `holdfast versions ${source}/<key>`,
  };
  const anew = {
    words:
      'Where the source still has the object, write it there once more, as a copy onto itself: it is captured anew.',
  };
  return [
    ...(onTop === 0 ? [] : [compared]),
    ...((counts['missing'] ?? 0) === 0 ? [] : [named]),
    ...(damagedOf(counts) + (counts['failed'] ?? 0) === 0 && onTop > 0 ? [] : [whole, anew]),
  ];
}

function damagedOf(counts: Report['counts']): number {
  return (counts['wrong'] ?? 0) + (counts['missing'] ?? 0);
}
