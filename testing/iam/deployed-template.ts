import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { checkoutVenv, ROOT } from '../../scripts/lib/checkout-venv.ts';
import { withLock } from '../../scripts/lib/lock.ts';
import { toStderr } from '../../scripts/lib/progress.ts';
import { withNested } from './nested-stacks.ts';
import type { Template, Value } from './template.ts';

export type { Resource, Template, Value } from './template.ts';

export type TemplateFile =
  | 'template.yaml'
  | 'stacks/jobs/template.yaml'
  | 'stacks/s3/template.yaml'
  | 'stacks/workdocs/template.yaml'
  | 'templates/source.yaml'
  | 'templates/workdocs.yaml'
  | 'templates/workdocs-import.yaml';

const cache = new Map<TemplateFile, Promise<Template>>();

/** The template as CloudFormation gets it, translated by AWS's own SAM translator: of its nested stacks only that they are there. */
export function translatedTemplate(file: TemplateFile): Promise<Template> {
  const known = cache.get(file) ?? translate(file);
  cache.set(file, known);
  return known;
}

/** The same with what its nested stacks hold in their place: everything that is deployed, as if it were one stack. */
export async function deployedTemplate(file: TemplateFile): Promise<Template> {
  const template = await translatedTemplate(file);
  const nested = Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) =>
    Type === 'AWS::CloudFormation::Stack' ? [[id, fileOf(Properties?.['TemplateURL'])] as const] : [],
  );
  const templates = nested.map(async ([id, name]) => [id, await deployedTemplate(name)] as const);
  return withNested(template, new Map(await Promise.all(templates)));
}

/** As transform-template.py makes it of a location in this folder. */
function fileOf(url: Value | undefined): TemplateFile {
  return String(url).replace('https://s3.amazonaws.com/artifacts/', '') as TemplateFile;
}

const SCRIPT = join(import.meta.dirname, 'transform-template.py');

/** Every test file is a process of its own: what was translated from the very same files is kept beside the tools. */
async function translate(file: TemplateFile): Promise<Template> {
  const inputs = [join(ROOT, file), SCRIPT, join(ROOT, 'scripts/requirements.txt')];
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(await readFile(input));
  const kept = join(ROOT, '.holdfast/translated', `${hash.digest('hex').slice(0, 16)}.json`);
  const known = await readFile(kept, 'utf8').catch(() => undefined);
  const json = known ?? (await translated(join(ROOT, file)));
  if (known === undefined) await keep(kept, json);
  return { Parameters: {}, Conditions: {}, Resources: {}, Outputs: {}, ...JSON.parse(json) };
}

async function keep(file: string, json: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(draft, json);
  await rename(draft, file);
}

async function translated(path: string): Promise<string> {
  // Several test files may want it at the same time on a fresh checkout: one of them installs it.
  const { python } = await withLock(join(ROOT, '.holdfast/lock'), { report: toStderr }, checkoutVenv);
  const { stdout } = await promisify(execFile)(python, [SCRIPT, path], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
