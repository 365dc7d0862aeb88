import { readFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** What the figures were measured on: nothing that names the machine itself. */
export type Machine = {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly versions: readonly string[];
  /** How many processes of others ran, or waited to run, in the minute before anything was measured: a mean. */
  readonly load: number;
};

export async function thisMachine(): Promise<Machine> {
  const [requirements, manifest] = await Promise.all([
    readFile(resolve(ROOT, 'scripts/requirements.txt'), 'utf8'),
    readFile(resolve(ROOT, 'layers/core/package.json'), 'utf8'),
  ]);
  const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    // What follows the numbers is a build's own name.
    kernel: `${type()} ${/^[\d.]+/.exec(release())?.[0] ?? ''}`.trim(),
    load: loadavg()[0] ?? 0,
    versions: [
      `Node ${process.versions.node}`,
      `AWS SDK ${dependencies['@aws-sdk/client-s3'] ?? 'unknown'}`,
      ...pinned(requirements, 'ministack', 'MiniStack'),
      ...pinned(requirements, 'aws-sam-cli', 'SAM CLI'),
    ],
  };
}

/** A version in the text of a requirements file. */
export function pinned(requirements: string, name: string, shown: string): string[] {
  const version = new RegExp(`^${name}(?:\\[[^\\]]*\\])?==([^\\s;\\\\]+)`, 'm').exec(requirements)?.[1];
  return version === undefined ? [] : [`${shown} ${version}`];
}
