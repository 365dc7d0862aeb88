import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import { connect, connectBuckets } from '../../../../cli/connect.ts';
import type { ExitCode } from '../../../../cli/exit-codes.ts';
import { KINDS } from '../../../../cli/kinds/all.ts';
import type { WritableSite } from '../../../../cli/kinds/workdocs/writable-site.ts';
import { runCli } from '../../../../cli/run-cli.ts';
import { silent } from './given-cli.ts';

/** The real command line in this process, by the real clients, against the AWS at an endpoint. */
export async function runOnWire(
  endpoint: string,
  argv: readonly string[],
  site?: WritableSite,
): Promise<{
  readonly code: ExitCode;
  readonly bytes: Buffer;
  readonly stdout: string;
  readonly stderr: string;
}> {
  const out: Uint8Array[] = [];
  const err: string[] = [];
  const code = await runCli([...argv, '--endpoint-url', endpoint, '--region', 'us-east-1'], {
    kinds: KINDS,
    jobKinds: JOBS,
    stdout: { write: (chunk) => out.push(Buffer.from(chunk)), ...silent() },
    stderr: { write: (chunk) => err.push(Buffer.from(chunk).toString()), ...silent() },
    progress: { update: () => {}, clear: () => {} },
    connect,
    connectBuckets,
    connectSite: () =>
      site === undefined ? Promise.reject(new Error('there is no site')) : Promise.resolve(site),
    zone: () => 'UTC',
    pause: async () => {},
    random: () => 'r1',
    interrupt: new AbortController().signal,
    whenUnread: () => {},
  });
  const bytes = Buffer.concat(out);
  return { code, bytes, stdout: bytes.toString(), stderr: err.join('') };
}
