import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import {
  checkRestoreMessage,
  type RestoreMessage,
  type RestoreRequest,
} from '@holdfast/core/model/restore-request.ts';
import { checkAcls, checkExact, checkTarget } from '@holdfast/core/restore/accept-restore.ts';
import { checkMap } from '@holdfast/core/restore/check-map.ts';
import type { RestorePlan } from '@holdfast/core/restore/restore-plan.ts';
import { targetWorld } from '@holdfast/core/restore/target-world.ts';
import { selectedObjects } from '@holdfast/core/source/select-objects.ts';
import { skewSeconds } from '../../operations/clock-skew.ts';
import { planJson } from '../../operations/restore/plan-json.ts';
import { planRestore } from '../../operations/restore/plan-restore.ts';
import { checkHasCopies, checkSameRequest } from '../../operations/restore/restore-checks.ts';
import { checkBucket } from '../../operations/sources/check-bucket.ts';
import type { Connection, Context } from '../context.ts';
import { checkIsRead } from '../core-stack.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { versionOrMoment } from '../jobs/job-text.ts';
import { checkReportFile } from '../jobs/save-report.ts';
import { newJobId, startJob, tellStarted } from '../jobs/start-job.ts';
import { noteMoment } from '../options.ts';
import { count } from '../text/format.ts';
import { noteBeside } from '../vault/note-beside.ts';
import { askFor, concerns } from './consent.ts';
import { checkNewTarget, createTarget, switchOnVersions } from './new-bucket.ts';
import { planLines } from './plan-text.ts';
import { type RestoreOptions, toWish } from './restore-options.ts';
import { noteEncryption } from './target-encryption.ts';

type Message = RestoreMessage & { readonly jobId: string };
type Asked = {
  readonly message: Message;
  readonly request: RestoreRequest;
  /** The moment that was asked for, or else when the command began. */
  readonly at: number;
};

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
  if (options.toNew !== undefined && options.targetAccount !== undefined)
    throw new InvalidInputError(
      '--target-account is not for --to-new: the bucket is made in your own account',
    );
  checkReportFile(options.report, options.wait ?? false);
  const asked = {
    ...(await toWish(uri, options, context)),
    target: to,
    ...defined({ jobId: options.jobId, targetAccount: options.targetAccount }),
  };
  const request = checkRestoreMessage(asked, context.kinds.addresses);
  const connection = await context.connect(options.dryRun ? 'reading' : 'writing');
  const message = { ...asked, jobId: options.jobId ?? newJobId('restore', connection, context) };
  const at = request.at ?? connection.clock.start;
  await checkRequest(request, options, connection, context);
  if (request.at !== undefined) noteMoment(request.at, context, connection);
  noteDoubled(request, context);
  if (request.versionId === undefined) await noteBeside(request, connection, context);
  const known = await connection.world.catalog.getJob(message.jobId);
  if (known !== undefined) {
    checkSameRequest(known, request);
    const heading = [`job ${known.id} was asked for before; nothing is sent again`];
    const telled = telling({ message, request, at }, undefined, heading, options, connection);
    return tellStarted(telled, connection, context);
  }
  return begin({ message, request, at }, options, connection, context);
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
  asked: Asked,
  options: RestoreOptions,
  connection: Connection,
  context: Context,
): Promise<ExitCode> {
  const { request, at } = asked;
  checkIsRead(ADDRESSES.of(request.source).planQueue, connection.stack, context);
  const plan = await planIfAsked(asked, options, connection, context);
  if (options.dryRun && plan !== undefined) return tellPlan(asked, plan, connection, context);
  const { history } = context.kinds.of(request.source);
  const select = () => selectedObjects({ ...request, at }, history, connection.world);
  if (plan === undefined) await checkHasCopies(request, select, connection, context);
  else await agree(plan, options, context);
  const made = options.toNew === undefined ? undefined : await createTarget(request, connection, context);
  const message = messageOf(asked, plan, options);
  const telled = telling({ ...asked, message }, plan, [headingOf(asked)], options, connection);
  const exit = await startJob({ ...telled, queue: 'restore', message }, connection, context);
  if (made?.versioned) await switchOnVersions(request, options.wait ?? false, connection, context);
  return exit;
}

/** What was looked at is what is restored: what is captured meanwhile is no part of it, and no more is deleted. */
function messageOf(
  { message, request, at }: Asked,
  plan: RestorePlan | undefined,
  { jobId }: RestoreOptions,
): Message {
  // Under a name of the caller's own the same message can be sent again, and has to be the same: it means when it was sent.
  const isRepeatable = plan === undefined && jobId !== undefined;
  const fixed = request.versionId === undefined && !isRepeatable ? { at: formatMoment(at) } : {};
  const bound = request.exact && plan ? { maxDeletions: plan.extras.objects } : {};
  return { ...message, ...fixed, ...bound };
}

async function checkRequest(
  request: RestoreRequest,
  { toNew }: RestoreOptions,
  connection: Connection,
  context: Context,
): Promise<void> {
  checkExact(request, connection.world);
  checkAcls(request, connection.world);
  await checkTarget(request, connection.world);
  const { bucket } = request.target;
  if (toNew === undefined)
    await checkBucket(bucket, { ...connection, world: targetWorld(request, connection.world) });
  else await checkNewTarget(request, connection);
  await checkMap(request, context.kinds.of(request.source).history, connection.world);
}

/** With `--yes` nobody looks at a plan, and only an exact restore needs one: to delete no more than there was then. */
async function planIfAsked(
  { request, at }: Asked,
  { dryRun, yes, toNew }: RestoreOptions,
  connection: Connection,
  context: Context,
): Promise<RestorePlan | undefined> {
  const { output } = context;
  if (!dryRun && yes && !request.exact) return undefined;
  const isNew = toNew !== undefined;
  const onProgress = (objects: number) => output.progress(`planning: ${count(objects)} objects`);
  const plan = await planRestore({ request, at, isNew, onProgress }, connection, context);
  noteEncryption(plan, request, isNew, connection, context);
  return plan;
}

async function agree(plan: RestorePlan, { yes }: RestoreOptions, context: Context): Promise<void> {
  if (concerns(plan).length === 0) return;
  if (!context.output.json) context.output.lines(...planLines(plan), '');
  await askFor(plan, yes ?? false, context);
}

function tellPlan(asked: Asked, plan: RestorePlan, { clock }: Connection, { output }: Context): ExitCode {
  const { jobId: _, ...request } = asked.message;
  const answer = {
    source: asked.request.source,
    request,
    jobId: null,
    result: null,
    plan: planJson(plan),
    clockSkewSeconds: skewSeconds(clock),
  };
  output.answer(answer, () => [headingOf(asked), '', ...planLines(plan), '', 'nothing was done (--dry-run)']);
  return EXIT.done;
}

function telling(
  { message, request }: Asked,
  plan: RestorePlan | undefined,
  heading: readonly string[],
  { wait, report }: RestoreOptions,
  { clock }: Connection,
) {
  const facts = {
    source: request.source,
    request: message,
    plan: plan === undefined ? null : planJson(plan),
    clockSkewSeconds: skewSeconds(clock),
  };
  return { jobId: message.jobId, facts, heading, wait: wait ?? false, report };
}

function headingOf({ request, at }: Asked): string {
  const { source, prefix, versionId, target } = request;
  const what = versionOrMoment(versionId, formatMoment(at));
  return `restoring ${source}/${prefix} ${what} to ${sourceUri(target.bucket)}/${target.prefix}`;
}
