import { checkExact, checkMap, checkTarget } from '@holdfast/core/flows/restore/accept-restore.ts';
import { makePlan } from '@holdfast/core/flows/restore/make-plan.ts';
import { selectedObjects } from '@holdfast/core/flows/restore/select-objects.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import type { RestorePlan } from '@holdfast/core/model/restore-plan.ts';
import {
  checkRestoreMessage,
  type RestoreMessage,
  type RestoreRequest,
} from '@holdfast/core/model/restore-request.ts';
import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { versionOrMoment } from '../jobs/job-text.ts';
import { checkReportFile } from '../jobs/save-report.ts';
import { newJobId, startJob, tellStarted } from '../jobs/start-job.ts';
import { noteMoment } from '../options.ts';
import { checkBucket } from '../sources/bucket-argument.ts';
import { count } from '../text/format.ts';
import { askFor, concerns } from './consent.ts';
import { checkNewTarget, createTarget } from './new-bucket.ts';
import { planJson, planLines } from './plan-text.ts';
import { checkHasCopies, checkSameRequest, mayBeNone, refuseNothing } from './restore-checks.ts';
import { type RestoreOptions, toWish } from './restore-options.ts';

type Message = RestoreMessage & { readonly jobId: string };
type Asked = { readonly message: Message; readonly request: RestoreRequest };

/** A restore into a bucket: the functions do it, this asks them to. */
export async function restoreToBucket(
  uri: string,
  to: string,
  options: RestoreOptions,
  context: Context,
): Promise<ExitCode> {
  if (options.siteRegion !== undefined || options.roleArn !== undefined)
    throw new InvalidInputError(
      '--site-region and --role-arn are not for this target: it is no WorkDocs site',
    );
  if (options.transfers !== undefined)
    throw new InvalidInputError('--transfers is not for this target: functions do the work');
  checkReportFile(options.report, options.wait ?? false);
  const message: Message = {
    ...(await toWish(uri, options, context)),
    target: to,
    jobId: options.jobId ?? newJobId('restore', context),
  };
  const request = checkRestoreMessage(message);
  const connection = await context.connect();
  await checkRequest(request, options, connection);
  if (request.at !== undefined) noteMoment(request.at, context, connection);
  noteDoubled(request, context);
  const known = await connection.world.catalog.getJob(message.jobId);
  if (known !== undefined) {
    checkSameRequest(known, request);
    const heading = [`job ${known.id} was asked for before; nothing is sent again`];
    return tellStarted(telling({ message, request }, undefined, heading, options), connection, context);
  }
  return begin({ message, request }, options, connection, context);
}

/** Whoever repeats the prefix at the target most likely meant the same place. */
function noteDoubled(
  { source, prefix, target, stripPrefix, map }: RestoreRequest,
  { output }: Context,
): void {
  const doubled = prefix !== '' && sourceUri(target.bucket) === source && target.prefix.startsWith(prefix);
  if (!doubled || stripPrefix !== '' || map.length > 0) return;
  output.note(
    `keys are put behind the target's prefix as they are: ${prefix}… becomes ${target.prefix}${prefix}…; ` +
      `--to ${source} restores in place`,
  );
}

async function begin(
  { message, request }: Asked,
  options: RestoreOptions,
  connection: Connection,
  context: Context,
): Promise<ExitCode> {
  const plan = await planIfAsked(request, options, connection, context);
  if (options.dryRun && plan !== undefined) return tellPlan({ message, request }, plan, context);
  if (plan === undefined) await checkHasCopies(request, selectionOf(request, connection), connection);
  else await agree(plan, options, context);
  if (options.toNew !== undefined) await createTarget(request, connection, context);
  // As many as were shown, and no more.
  const sent = request.exact && plan ? { ...message, maxDeletions: plan.extras.objects } : message;
  const telled = telling({ message: sent, request }, plan, [headingOf(request)], options);
  return startJob({ ...telled, queue: 'restore', message: sent }, connection, context);
}

function selectionOf(request: RestoreRequest, { world }: Connection) {
  const at = request.at ?? Number.MAX_SAFE_INTEGER;
  return () => selectedObjects({ ...request, at }, world);
}

async function checkRequest(
  request: RestoreRequest,
  { toNew }: RestoreOptions,
  connection: Connection,
): Promise<void> {
  checkExact(request, connection.world);
  await checkTarget(request, connection.world);
  if (toNew === undefined) await checkBucket(request.target.bucket, connection);
  else await checkNewTarget(request, connection);
  await checkMap(request, connection.world);
}

/** With `--yes` nobody looks at a plan, and only an exact restore needs one: to delete no more than there was then. */
async function planIfAsked(
  request: RestoreRequest,
  { dryRun, yes, toNew }: RestoreOptions,
  connection: Connection,
  { output, clock }: Context,
): Promise<RestorePlan | undefined> {
  if (!dryRun && yes && !request.exact) return undefined;
  const plan = await makePlan({ ...request, at: request.at ?? clock() }, connection.world, {
    targetIsNew: toNew !== undefined,
    onProgress: (objects) => output.progress(`planning: ${count(objects)} objects`),
  });
  if (plan.selected.objects === 0 && !mayBeNone(request)) await refuseNothing(request, connection);
  return plan;
}

async function agree(plan: RestorePlan, { yes }: RestoreOptions, context: Context): Promise<void> {
  if (concerns(plan).length === 0) return;
  if (!context.output.json) context.output.lines(...planLines(plan), '');
  await askFor(plan, yes ?? false, context);
}

function tellPlan({ message, request }: Asked, plan: RestorePlan, { output }: Context): ExitCode {
  const { jobId: _, ...asked } = message;
  const answer = {
    source: request.source,
    request: asked,
    jobId: null,
    result: null,
    plan: planJson(plan),
  };
  output.answer(answer, () => [
    headingOf(request),
    '',
    ...planLines(plan),
    '',
    'nothing was done (--dry-run)',
  ]);
  return EXIT.done;
}

function telling(
  { message, request }: Asked,
  plan: RestorePlan | undefined,
  heading: readonly string[],
  { wait, report }: RestoreOptions,
) {
  const facts = {
    source: request.source,
    request: message,
    plan: plan === undefined ? null : planJson(plan),
  };
  return { jobId: message.jobId, facts, heading, wait: wait ?? false, report };
}

function headingOf({ source, prefix, at, versionId, target }: RestoreRequest): string {
  const what = versionOrMoment(versionId, at === undefined ? undefined : formatMoment(at));
  return `restoring ${source}/${prefix} ${what} to ${sourceUri(target.bucket)}/${target.prefix}`;
}
