import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const CORE = 'layers/core/src';
const TYPE = 'export type T = string;\n';

/** Files that break the rules, each pair or file by the rule that must name it. */
const BROKEN: ReadonlyArray<{
  readonly rule: string;
  readonly of: string;
  readonly files: Readonly<Record<string, string>>;
}> = [
  {
    rule: 'no-cycles',
    of: 'types that two files import from each other',
    files: {
      'cli/one.ts': `import type { T } from './other.ts';\nexport type U = T;\n`,
      'cli/other.ts': `import type { U } from './one.ts';\nexport type T = U | string;\n`,
    },
  },
  {
    rule: 'no-folder-cycles',
    of: 'folders whose files import from each other, though no file does',
    files: {
      'cli/a/one.ts': `import type { T } from '../b/one.ts';\nexport type U = T;\n`,
      'cli/a/other.ts': TYPE,
      'cli/b/one.ts': TYPE,
      'cli/b/other.ts': `export { type T } from '../a/other.ts';\n`,
    },
  },
  {
    rule: 'model-without-ports',
    of: 'a type of a port in the model',
    files: {
      [`${CORE}/model/noun.ts`]: `import type { T } from '../ports/port.ts';\nexport type U = T;\n`,
      [`${CORE}/ports/port.ts`]: TYPE,
    },
  },
  {
    rule: 'domain-through-ports',
    of: 'an adapter in a flow, loaded late',
    files: {
      [`${CORE}/kinds/s3/verb.ts`]: `export const verb = () => import('./aws/real.ts');\n`,
      [`${CORE}/kinds/s3/aws/real.ts`]: 'export const real = 1;\n',
    },
  },
  {
    rule: 'core-without-kinds',
    of: 'a kind in what restores all kinds',
    files: {
      [`${CORE}/restore/knows.ts`]: `export type { T } from '../kinds/s3/own.ts';\n`,
      [`${CORE}/kinds/s3/own.ts`]: TYPE,
    },
  },
  {
    rule: 'kinds-apart',
    of: 'a kind in another, and the list of all of them in one',
    files: {
      [`${CORE}/kinds/s3/borrows.ts`]: `export type { T } from '../workdocs/own.ts';\n`,
      [`${CORE}/kinds/s3/lists.ts`]: `export type { T } from '../list.ts';\n`,
      [`${CORE}/kinds/workdocs/own.ts`]: TYPE,
      [`${CORE}/kinds/list.ts`]: TYPE,
    },
  },
  {
    rule: 'commands-without-kinds',
    of: 'a kind in a command, and in what lies beside the kinds',
    files: {
      'cli/commands/asks.ts': `export type { T } from '../../${CORE}/kinds/s3/own.ts';\n`,
      'cli/kinds/shared.ts': `export type { T } from '../../${CORE}/kinds/s3/own.ts';\n`,
    },
  },
  {
    rule: 'command-kinds-apart',
    of: 'a kind in another one of the command line, from either side',
    files: {
      'cli/kinds/s3/borrows.ts': `export type { T } from '../workdocs/face.ts';\n`,
      'cli/kinds/s3/reaches.ts': `export type { T } from '../../../${CORE}/kinds/workdocs/own.ts';\n`,
      'cli/kinds/workdocs/face.ts': TYPE,
    },
  },
  {
    rule: 'operations-without-faces',
    of: 'the command line, and a kind, in an operation',
    files: {
      'operations/prints.ts': `export type { T } from '../cli/said.ts';\n`,
      'operations/asks.ts': `export type { T } from '../${CORE}/kinds/s3/own.ts';\n`,
      'cli/said.ts': TYPE,
    },
  },
  {
    rule: 'memory-without-aws',
    of: 'an adapter of AWS in one of the memory',
    files: {
      'testing/memory/double.ts': `export { real } from '../../${CORE}/aws/real.ts';\n`,
      [`${CORE}/aws/real.ts`]: 'export const real = 1;\n',
    },
  },
  {
    rule: 'sdk-in-aws-folders',
    of: 'a type of an SDK beside the folders of AWS',
    files: {
      [`${CORE}/vault/asks.ts`]: `import type { S3Client } from '@aws-sdk/client-s3';\nexport type U = S3Client;\n`,
      'node_modules/@aws-sdk/client-s3/index.js': 'export class S3Client {}\n',
    },
  },
  {
    rule: 'tests-at-the-end',
    of: 'a test in what it tests',
    files: {
      'scripts/plays.ts': `export type { T } from '../tests/given.ts';\n`,
      'tests/given.ts': TYPE,
    },
  },
  {
    rule: 'product-without-testing',
    of: 'a stand-in in the command line',
    files: {
      'cli/fakes.ts': `export type { T } from '../testing/memory/fake.ts';\n`,
      'testing/memory/fake.ts': TYPE,
    },
  },
  {
    rule: 'no-unresolved',
    of: 'an import that is not there',
    files: { 'cli/lost.ts': `export type { T } from './nowhere.ts';\n` },
  },
];

/** What stays allowed: wiring, adapters of AWS, and a folder that imports what is within it. */
const SOUND: Readonly<Record<string, string>> = {
  'cli/connect.ts': `import type { S3Client } from '@aws-sdk/client-s3';\nexport type U = S3Client;\n`,
  [`${CORE}/aws/clients.ts`]: `export { S3Client } from '@aws-sdk/client-s3';\n`,
  'cli/top.ts': `import type { T } from './within/below.ts';\nexport type U = T;\n`,
  'cli/within/below.ts': `export type { T } from '../beside.ts';\n`,
  'cli/beside.ts': TYPE,
  'cli/kinds/s3/own.ts': `export type { T } from '../../../${CORE}/kinds/s3/own.ts';\n`,
};

describe('the rules for imports', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-imports-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  for (const files of [SOUND, ...BROKEN.map((one) => one.files)]) {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  }
  const violations = await violationsIn(folder);

  it.each(BROKEN)('$rule names $of', ({ rule, files }) => {
    const named = violations.filter((one) => one.rule === rule).flatMap(({ from }) => from);
    expect(named.length).toBeGreaterThan(0);
    for (const from of named) expect(Object.keys(files).some((path) => path.startsWith(from))).toBe(true);
  });

  it('name nothing else', () => {
    const rules = new Set(BROKEN.map(({ rule }) => rule));
    expect(new Set(violations.map(({ rule }) => rule))).toEqual(rules);
  });
});

type Violation = { readonly rule: string; readonly from: string };

async function violationsIn(cwd: string): Promise<readonly Violation[]> {
  const config = join(ROOT, '.dependency-cruiser.mjs');
  const bin = join(ROOT, 'node_modules/.bin/depcruise');
  const args = [
    bin,
    '--config',
    config,
    '--output-type',
    'json',
    'layers',
    'operations',
    'cli',
    'scripts',
    'testing',
    'tests',
  ];
  const out = await new Promise<string>((done, fail) => {
    // The exit code is the number of violations: what was found is in the answer.
    execFile(process.execPath, args, { cwd }, (error, stdout, stderr) => {
      if (stdout === '') fail(error ?? new Error(stderr));
      else done(stdout);
    });
  });
  const { summary } = JSON.parse(out) as {
    summary: { violations: ReadonlyArray<{ rule: { name: string }; from: string }> };
  };
  return summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
}
