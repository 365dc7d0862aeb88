import { isBucketUri } from '@holdfast/core/model/bucket-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Command } from 'commander';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { KINDS } from '../kinds/all.ts';
import { SOURCE_HELP } from '../kinds/uri-help.ts';
import { addRestoreOptions, type RestoreOptions } from '../restore/restore-options.ts';
import { parseTarget } from '../restore/restore-target.ts';
import { restoreToBucket } from '../restore/to-bucket.ts';

export function define(command: Command, act: Act): void {
  addRestoreOptions(
    command
      .description(
        'Brings objects back from the vault, now or as of any moment. What is right already is left alone; what differs ' +
          'at the target is reported, and replaced only with --overwrite. Nothing is deleted without --exact.',
      )
      .argument('<uri>', SOURCE_HELP),
  )
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast restore s3://photos --to s3://holdfast-restore-photos --wait',
          'holdfast restore s3://photos/2026/ --to s3://photos --at "yesterday 18:00" --overwrite older --dry-run',
          'holdfast restore s3://photos --to s3://photos --deleted-only --changed-since "2h ago" --wait',
          'holdfast restore s3://photos/2026/ --to ./photos --strip-prefix 2026/',
          'holdfast restore s3://photos --to - | tar -x',
          'holdfast restore workdocs://d-1234567890/anna --to ./anna --at 2025-03-01 --all-versions --sidecars',
          'holdfast restore workdocs://d-1234567890/anna/Reports --to workdocs://d-0987654321/bob/From-Anna',
          "holdfast restore s3://photos --to s3://photos-copy --include '**/*.jpg' --overwrite --yes --json",
        ],
        notes:
          'Before anything is overwritten, deleted or thawed, the plan is shown and a person is asked; a script says --yes.\n' +
          'Target buckets can be protected buckets, buckets named <stack>-restore-*, and what the stack allows in RestoreTargets.\n' +
          'docs/restore.md is the guide for the bad day.',
        exits: {
          1: 'failed, or with --wait: the restore failed',
          3: 'conflicts, or objects that failed (for buckets: with --wait)',
        },
      }),
    )
    .action(act(restore));
}

/** The kinds whose sources are restored into by themselves. */
const TARGETS = KINDS.all.flatMap(({ address: { scheme }, restoreTarget }) =>
  restoreTarget === undefined ? [] : [{ scheme, form: restoreTarget.form }],
);

async function restore(context: Context, uri: string, options: RestoreOptions): Promise<ExitCode> {
  const target = parseTarget(targetOf(options), TARGETS);
  if (target.kind === 'bucket') return restoreToBucket(uri, target.uri, options, context);
  if (target.kind === 'source') {
    const restoreInto = await KINDS.of(target.uri).restoreTarget?.load();
    if (restoreInto !== undefined) return restoreInto(uri, target.uri, options, context);
    throw new InvalidInputError(`"${target.uri}" is no target: nothing is restored into it`);
  }
  // Archives and checksums are only loaded where they are used.
  const { restoreToLocal } = await import('../restore/to-local.ts');
  return restoreToLocal(uri, target, options, context);
}

function targetOf({ to, toNew }: RestoreOptions): string {
  if (to !== undefined && toNew !== undefined) {
    throw new InvalidInputError('--to and --to-new exclude each other: name one target');
  }
  if (toNew !== undefined && !isBucketUri(toNew)) {
    throw new InvalidInputError(`--to-new "${toNew}" is no bucket: write it as s3://name`);
  }
  const target = to ?? toNew;
  if (target === undefined) throw new InvalidInputError('nothing says where to: name a target with --to');
  return target;
}
