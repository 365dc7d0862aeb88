import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { checkoutVenv, ROOT } from '../../scripts/lib/checkout-venv.ts';
import { withLock } from '../../scripts/lib/lock.ts';
import { toStderr } from '../../scripts/lib/progress.ts';

/** A value of a template: JSON in which an object of one key, `Ref` or `Fn::…`, may stand for something else. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

export type Resource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, Value>>;
  /** Name of the condition under which it exists. */
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | readonly string[];
};

/** A template as CloudFormation gets it: SAM's resources are translated, intrinsics are in their long form. */
export type Template = {
  readonly Parameters: Readonly<Record<string, { readonly Type: string; readonly Default?: Value }>>;
  readonly Conditions: Readonly<Record<string, Value>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, Value>>;
};

export type TemplateFile =
  | 'template.yaml'
  | 'templates/source.yaml'
  | 'templates/workdocs.yaml'
  | 'templates/workdocs-import.yaml';

const cache = new Map<TemplateFile, Promise<Template>>();

/** The template as CloudFormation gets it, translated by AWS's own SAM translator. */
export function deployedTemplate(file: TemplateFile): Promise<Template> {
  const known = cache.get(file) ?? translate(file);
  cache.set(file, known);
  return known;
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
