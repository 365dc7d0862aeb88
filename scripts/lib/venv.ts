import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { assertFreeSpace, type FreeBytes, freeBytes, isDiskFull } from './disk.ts';
import { CloudError, lastLines } from './errors.ts';
import { readJson, writeJson } from './json-file.ts';
import { type Report, step } from './progress.ts';
import { assertVenvModule, findPython } from './python.ts';
import type { Run } from './run.ts';

const NEEDED_BYTES = 1_000_000_000;
const STAMP = 'holdfast.json';

/** The tools that the environment holds. */
export type Venv = { readonly python: string; readonly sam: string };

export type VenvOptions = {
  /** A link to the directory that was installed last: each installation has one of its own. */
  readonly link: string;
  readonly requirements: string;
  readonly env: NodeJS.ProcessEnv;
  readonly run: Run;
  readonly report: Report;
  readonly free?: FreeBytes;
};

/** Makes the virtual environment when it is missing, half made, moved, or made from other requirements. */
export async function ensureVenv(options: VenvOptions): Promise<Venv> {
  const { link } = options;
  const hash = createHash('sha256')
    .update(await readFile(options.requirements))
    .digest('hex');
  if (!(await isReady(link, hash))) await installAnew(options, hash);
  return { python: join(link, 'bin/python'), sam: join(link, 'bin/sam') };
}

async function installAnew(options: VenvOptions, requirements: string): Promise<void> {
  const { link, run, env, report, free = freeBytes } = options;
  const python = await findPython(run, env);
  await assertVenvModule(run, python);
  await removeUnused(link);
  await assertFreeSpace(dirname(link), NEEDED_BYTES, free);
  // Never where another is: a pip that outlived its interrupted parent may still be writing there.
  const directory = `${link}-${randomUUID().slice(0, 8)}`;
  await step(report, 'installing the local cloud (once)', () => install(options, python.command, directory));
  await writeJson(join(directory, STAMP), { requirements, directory });
  await pointTo(link, directory);
}

/** The stamp names the directory too, because the programs in it carry its absolute path: a moved one is useless. */
async function isReady(link: string, requirements: string): Promise<boolean> {
  const directory = await linked(link);
  const stamp = directory && (await readJson(join(directory, STAMP)));
  // The last look follows a link: it fails when the Python that this was made from is gone.
  return (
    !!stamp &&
    stamp['requirements'] === requirements &&
    stamp['directory'] === directory &&
    existsSync(join(directory, 'bin/python'))
  );
}

async function linked(link: string): Promise<string | undefined> {
  const name = await readlink(link).catch(() => undefined);
  return name && join(dirname(link), name);
}

async function pointTo(link: string, directory: string): Promise<void> {
  // A directory of that name, made by hand, cannot be replaced by a link: it goes where `removeUnused` finds it.
  const inTheWay = await lstat(link).catch(() => undefined);
  if (inTheWay?.isDirectory()) await rename(link, `${directory}-aside`);
  const draft = `${directory}.link`;
  await symlink(basename(directory), draft);
  await rename(draft, link);
}

/** What earlier installations left, except the one in use: an emulator may still be running from it. */
async function removeUnused(link: string): Promise<void> {
  await mkdir(dirname(link), { recursive: true });
  const used = await readlink(link).catch(() => '');
  const names = (await readdir(dirname(link))).filter((name) => name.startsWith(`${basename(link)}-`));
  for (const name of names.filter((name) => name !== used)) {
    // If somebody is still writing there, the next installation removes it.
    await rm(join(dirname(link), name), { recursive: true, force: true }).catch(() => {});
  }
}

async function install(
  { requirements, run, env }: VenvOptions,
  python: string,
  directory: string,
): Promise<void> {
  const made = await run(python, ['-m', 'venv', directory], { env });
  if (made.code !== 0) throw failure('The virtual environment could not be made', made.output);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  const installed = await run(join(directory, 'bin/python'), [...pip, '-r', requirements], { env });
  if (installed.code !== 0) {
    throw failure(
      'pip could not install the local cloud (the first time needs the network)',
      installed.output,
    );
  }
}

function failure(message: string, output: string): CloudError {
  const why = isDiskFull(output) ? 'The disk is full: ' : '';
  return new CloudError(`${why}${message}.`, { detail: lastLines(output) });
}
