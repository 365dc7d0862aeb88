import { defined } from '@holdfast/core/model/defined.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import { OVERWRITES, type Overwrite, type RestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { ORIGINAL, STORAGE_CLASSES } from '@holdfast/core/model/storage-class.ts';
import { THAW_TIERS, type ThawTier } from '@holdfast/core/model/thaw.ts';
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { reportOption } from '../jobs/save-report.ts';
import { AT_HELP, momentOrVersion, pastMoment, positive, repeatable, type Speaker } from '../options.ts';

/** The options of `restore`, as commander gives them. */
export type RestoreOptions = {
  readonly to?: string;
  readonly toNew?: string;
  readonly targetAccount?: string;
  readonly at?: string;
  readonly changedSince?: string;
  readonly deletedOnly?: true;
  readonly allVersions?: true;
  readonly sidecars?: true;
  readonly include?: string[];
  readonly exclude?: string[];
  readonly stripPrefix?: string;
  readonly map?: string[];
  readonly overwrite?: Overwrite | true;
  readonly storageClass?: NonNullable<RestoreMessage['storageClass']>;
  readonly acls?: true;
  readonly exact?: true;
  readonly tier?: ThawTier;
  readonly days?: number;
  readonly verify?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly jobId?: string;
  readonly wait?: true;
  readonly report?: string;
  readonly transfers?: number;
  readonly siteRegion?: string;
  readonly roleArn?: string;
};

/** Options that mean something only where the target is a bucket. */
export const BUCKET_OPTIONS = [
  'wait',
  'jobId',
  'tier',
  'days',
  'storageClass',
  'acls',
  'targetAccount',
] as const satisfies readonly (keyof RestoreOptions)[];

/** Refuses what the target has no use for. @throws {InvalidInputError} naming the first of them that was given, and why */
export function refuseAny(
  names: readonly (keyof RestoreOptions)[],
  options: RestoreOptions,
  why: (name: keyof RestoreOptions) => string,
): void {
  const refused = names.find((name) => options[name] !== undefined);
  if (refused === undefined) return;
  const flag = `--${refused.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new InvalidInputError(`${flag} is not for this target: ${why(refused)}`);
}

/** What is restored and how: the same for every kind of target. */
export function addRestoreOptions(command: Command): Command {
  return command
    .option(
      '--to <target>',
      's3://bucket[/prefix] (also the source itself), workdocs://site[/user/folder], ./folder, backup.tar, .tar.gz or .zip, or - for a tar stream',
    )
    .option('--to-new <uri>', 's3://name: a bucket that is made for it, set up as the source is')
    .option(
      '--target-account <id>',
      "the account that the target bucket belongs to, if it is another than the stack's",
    )
    .option('--at <time>', `${AT_HELP}; of a single object also a version`)
    .option('--changed-since <time>', 'only what changed after this moment')
    .option(
      '--deleted-only',
      'what had been deleted by then; with --changed-since, what was deleted after that',
    )
    .option('--all-versions', 'of a WorkDocs site: also older versions, as "name (v3).ext"')
    .option(
      '--sidecars',
      'of a WorkDocs site: also comments, permissions and labels, as "name.workdocs.json" beside each document',
    )
    .option('--include <glob>', 'only keys that match; can be repeated', repeatable)
    .option('--exclude <glob>', 'no keys that match; wins over --include; can be repeated', repeatable)
    .option('--strip-prefix <prefix>', 'take this off every key')
    .option('--map <old=new>', 'another beginning for keys that begin so; can be repeated', repeatable)
    .addOption(
      new Option(
        '--overwrite [when]',
        'replace what differs at the target: never, older (last changed before the copy was made), always',
      ).choices(OVERWRITES),
    )
    .addOption(
      new Option(
        '--storage-class <class>',
        'of what is written, into a bucket; original, unless said: as each object was. What is in GLACIER or DEEP_ARCHIVE has to be thawed to be read',
      ).choices([ORIGINAL, ...STORAGE_CLASSES]),
    )
    .option(
      '--acls',
      'into a bucket: give back the ACLs that were remembered (protect --acls), where it takes them',
    )
    .option('--exact', 'then delete what the target has beyond that; shown first')
    .addOption(new Option('--tier <tier>', 'how to thaw archived copies').choices(THAW_TIERS))
    .option('--days <n>', 'days that S3 keeps what it thawed', positive)
    .option('--verify', 'read back what was written, and compare it')
    .option('--dry-run', 'show the plan, and do nothing')
    .option('--yes', 'do not ask')
    .option('--job-id <id>', 'a name of your own: the same request under the same name is done once')
    .option('--wait', 'wait until it is done')
    .addOption(reportOption())
    .option(
      '--transfers <n>',
      'objects at the same time, into a folder, an archive or a site; 8 unless told',
      positive,
    )
    .option('--site-region <region>', "into a WorkDocs site: its region, if it is another than the stack's")
    .option('--role-arn <arn>', 'into a WorkDocs site: a role to assume to write to it');
}

/** The message without its target. @throws {InvalidInputError} for a time or a rule that cannot be read */
export async function toWish(
  uri: string,
  options: RestoreOptions,
  context: Speaker & Pick<Context, 'kinds'>,
): Promise<Omit<RestoreMessage, 'target' | 'jobId'>> {
  const { changedSince, include, exclude, stripPrefix, storageClass } = options;
  return {
    source: uri,
    ...(await when(uri, options, context)),
    ...(changedSince === undefined
      ? {}
      : { changedSince: formatMoment(await pastMoment(changedSince, context)) }),
    ...(options.deletedOnly ? { deletedOnly: true } : {}),
    ...(options.allVersions ? { allVersions: true } : {}),
    ...(options.sidecars ? { sidecars: true } : {}),
    ...defined({ include, exclude, stripPrefix, storageClass }),
    ...(options.map === undefined ? {} : { map: options.map.map(ruleOf) }),
    overwrite: options.overwrite === true ? 'always' : (options.overwrite ?? 'never'),
    ...(options.acls ? { acls: true } : {}),
    ...(options.exact ? { exact: true } : {}),
    ...thawOf(options),
    ...(options.verify ? { verify: true } : {}),
  };
}

/** The moment, or the one version, that `--at` names. */
async function when(
  uri: string,
  { at }: RestoreOptions,
  context: Speaker & Pick<Context, 'kinds'>,
): Promise<Pick<RestoreMessage, 'at' | 'versionId'>> {
  if (at === undefined) return {};
  const wanted = await momentOrVersion(at, uri, context);
  if ('at' in wanted) return { at: formatMoment(wanted.at) };
  if (context.kinds.addresses.parse(uri).prefix !== '') return wanted;
  throw new InvalidInputError(
    `"${at}" is no moment, and no version either, since ${uri} is more than one object: write 2026-03-01T12:00:00Z, 2026-03-01, "yesterday 18:00" or "2h ago"`,
  );
}

function ruleOf(text: string): { from: string; to: string } {
  const at = text.indexOf('=');
  if (at < 0) throw new InvalidInputError(`--map "${text}" has no "=": write it as --map old/=new/`);
  return { from: text.slice(0, at), to: text.slice(at + 1) };
}

function thawOf({ tier, days }: RestoreOptions): Pick<RestoreMessage, 'thaw'> {
  return tier === undefined && days === undefined ? {} : { thaw: defined({ tier, days }) };
}
