import { crc32 } from 'node:zlib';
import { type Finding, isProblem } from '@holdfast/core/verify/findings.ts';
import { verifiedJob } from '@holdfast/core/verify/verified-job.ts';
import type { VerifyProgress, VerifyRequest } from '@holdfast/core/verify/verify-vault.ts';
import { type Command, Option } from 'commander';
import { verify, verifyJson } from '../../operations/verify/verify.ts';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { recordJob } from '../jobs/record-job.ts';
import { checkReportFile, reportOption } from '../jobs/save-report.ts';
import { newJobId } from '../jobs/start-job.ts';
import { SOURCE_HELP } from '../kinds/uri-help.ts';
import { AT_HELP, noteMoment, pastMoment, positive } from '../options.ts';
import type { Output } from '../output.ts';
import { bytes, count, counted } from '../text/format.ts';
import { findingText, verifyText } from '../verify/verify-text.ts';

type Options = {
  readonly sample?: number;
  readonly all?: true;
  readonly seed?: number;
  readonly at?: string;
  readonly report?: string;
};

/** If one in a hundred is damaged, 300 show one of them with a certainty of 95 %. */
const USUAL_SAMPLE = 300;
const SHOWN_UNPROVEN = 20;

export function define(command: Command, act: Act): void {
  command
    .description(
      'Proves the vault: reads a random sample of its versions, current and older ones, and compares their bytes with the ' +
        'checksums that were recorded; and looks at all of the catalog and of what is on top in the vault: for entries that name a ' +
        'version which is not there, versions that nobody recorded, and copies that were hidden.',
    )
    .argument('<uri>', SOURCE_HELP)
    .option('--sample <n>', `how many versions to read; ${USUAL_SAMPLE} unless given`, positive)
    .addOption(new Option('--all', 'read every version').conflicts('sample'))
    .option('--seed <n>', 'draw the sample that this number drew before', positive)
    .option('--at <time>', `only what a restore would read ${AT_HELP}`)
    .addOption(reportOption())
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast verify s3://photos',
          'holdfast verify s3://photos --sample 3000 --json',
          'holdfast verify s3://photos/2026/ --at yesterday --all',
        ],
        notes:
          "It changes nothing; its report is kept as any job's. A version is compared with the checksum in the catalog, else with S3's own, else with its ETag " +
          'where that is an MD5; where there is none of them, only its length is looked at. Archived versions are counted, ' +
          'and not thawed. What is on top and was written in the last 15 minutes is looked at for some ten seconds before it is called ' +
          'foreign or hidden: its entry may just be being written. holdfast reconcile --vault mends what is foreign or hidden.',
        exits: { 3: 'something is wrong, missing, foreign, hidden, or could not be read' },
      }),
    )
    .action(act(verifySource));
}

async function verifySource(context: Context, uri: string, options: Options): Promise<ExitCode> {
  checkReportFile(options.report, true);
  const place = context.kinds.addresses.parse(uri);
  const at = options.at === undefined ? undefined : await pastMoment(options.at, context);
  const request: VerifyRequest = {
    ...place,
    ...(at === undefined ? {} : { at }),
    sample: options.all ? 'all' : (options.sample ?? USUAL_SAMPLE),
    seed: options.seed ?? crc32(context.random()),
  };
  const connection = await context.connect('reading');
  // What it finds is recorded, and its exit code tells, whoever reads on.
  context.whenUnread('go-on');
  if (at !== undefined) noteMoment(at, context, connection);
  const { output } = context;
  const hears = {
    onFinding: teller(output),
    onProgress: (progress: VerifyProgress) => output.progress(progressText(progress, request)),
    pause: context.pause,
  };
  const result = await verify(request, hears, connection, context);
  const id = newJobId('verify', connection, context);
  const { job, problems } = verifiedJob(id, request, result);
  await recordJob(job, problems, options, connection, context);
  output.answer(verifyJson(result, connection.clock), () => [...verifyText(result), `  job ${id}`]);
  return result.state === 'done' ? EXIT.done : EXIT.partial;
}

/** Shows every problem as it is found, and the first of what could only not be proven: a cold vault has millions. */
function teller(output: Output): (finding: Finding) => void {
  let unproven = 0;
  return (finding) => {
    if (!output.json && (isProblem(finding) || ++unproven <= SHOWN_UNPROVEN)) {
      output.lines(findingText(finding));
    }
  };
}

function progressText({ listed, read, bytes: size }: VerifyProgress, { sample }: VerifyRequest): string {
  if (read === 0) return `${counted(listed, 'version')} listed`;
  const of = sample === 'all' ? '' : ` of ${count(Math.min(sample, listed))}`;
  return `${count(read)}${of} versions read (${bytes(size)})`;
}
