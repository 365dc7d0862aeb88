import { execFile } from 'node:child_process';
import { join } from 'node:path';
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

export type TemplateFile = 'template.yaml' | 'templates/source.yaml';

const cache = new Map<TemplateFile, Promise<Template>>();

/** The template as CloudFormation gets it, translated by AWS's own SAM translator; once for each process. */
export function deployedTemplate(file: TemplateFile): Promise<Template> {
  const known = cache.get(file) ?? translate(file);
  cache.set(file, known);
  return known;
}

async function translate(file: TemplateFile): Promise<Template> {
  // Several test files may want it at the same time on a fresh checkout: one of them installs it.
  const { python } = await withLock(join(ROOT, '.holdfast/lock'), { report: toStderr }, checkoutVenv);
  const script = join(import.meta.dirname, 'transform-template.py');
  const { stdout } = await promisify(execFile)(python, [script, join(ROOT, file)], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const template = JSON.parse(stdout) as Partial<Template>;
  return { Parameters: {}, Conditions: {}, Resources: {}, Outputs: {}, ...template };
}
