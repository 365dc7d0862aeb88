import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  deployedTemplate,
  type Template,
  type TemplateFile,
  translatedTemplate,
} from '../../testing/iam/deployed-template.ts';
import { resolve, type Stack } from '../../testing/iam/resolve-value.ts';
import { aboveLimits, LIMITS, longNames, roleSizes } from './support/aws-limits.ts';
import { ofType } from './support/template-resources.ts';

const STACK = 'a-name-of-forty-characters-for-the-stack';
const BUCKET = 'b'.repeat(63);

/** Every option that makes something longer. */
const MOST: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'template.yaml': {
    RestoreTargets: Array.from({ length: 8 }, (_, n) => `restores-of-team-${n}-*`).join(','),
    RestoreSenders: Array.from({ length: 8 }, (_, n) => `arn:aws:iam::111122223333:role/on-call-${n}`).join(
      ',',
    ),
    VaultKmsKeyArn: 'arn:aws:kms:ap-southeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    NotifyTopicArn: 'arn:aws:sns:ap-southeast-1:111122223333:restores-of-this-account',
    ExactRestores: 'true',
    AclRestores: 'true',
    LockMode: 'GOVERNANCE',
    ColdAfterDays: '30',
    AlarmEmail: 'on-call@example.com',
    FunctionConcurrency: 'RESERVED',
  },
  'templates/source.yaml': {
    Bucket: BUCKET,
    Prefix: 'p'.repeat(1_024),
    CaptureRuleName: `holdfast-capture-${'0'.repeat(24)}`,
    ExactRestores: 'true',
    AclRestores: 'true',
    Acls: 'true',
    AlarmTopicArn: 'arn:aws:sns:ap-southeast-1:111122223333:topic',
  },
  'templates/workdocs.yaml': {
    OrganizationId: 'd-1234567890',
    CaptureRuleName: `holdfast-capture-${'0'.repeat(24)}`,
    AlarmTopicArn: 'arn:aws:sns:ap-southeast-1:111122223333:topic',
  },
  'templates/workdocs-import.yaml': {
    Bucket: BUCKET,
    KmsKeyArn: 'arn:aws:kms:ap-southeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  },
};

const files = Object.keys(MOST) as TemplateFile[];
const text = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const stackOf = (template: Template, parameters: Readonly<Record<string, string>> = {}): Stack => ({
  template,
  names: longNames(template, STACK),
  parameters,
});
const core = await deployedTemplate('template.yaml');

it.each(files)('%s is within what AWS takes, by default and with every option', async (file) => {
  const template = await deployedTemplate(file);
  for (const parameters of [{}, MOST[file]]) {
    const required = file === 'template.yaml' ? {} : MOST[file];
    expect(aboveLimits(stackOf(template, { ...required, ...parameters }), text(file))).toEqual([]);
  }
});

it.each(LIMITS)('$what: something in the templates is looked at ($source)', async ({ measure }) => {
  const found = await Promise.all(
    files.map(async (file) => measure(stackOf(await deployedTemplate(file), MOST[file]), text(file))),
  );
  expect(found.flat().length).toBeGreaterThan(0);
  expect(found.flat().filter(([, size]) => Number.isNaN(size))).toEqual([]);
});

describe('what the root hands down to its nested stacks', () => {
  it('is at most 4,096 bytes in one parameter', async () => {
    // Source: CloudFormation user guide, quotas: "Parameter values".
    const root = await translatedTemplate('template.yaml');
    const stack = stackOf(root, MOST['template.yaml']);
    const given = ofType(root, 'AWS::CloudFormation::Stack').flatMap(({ is }) =>
      Object.values(is['Parameters'] ?? {}).map((value) => String(resolve(value, stack))),
    );
    expect(given.length).toBeGreaterThan(40);
    const most = Math.max(...given.map((value) => Buffer.byteLength(value)));
    expect(most).toBeLessThanOrEqual(4_096);
    // The longest is what the functions are told.
    expect(most).toBeGreaterThan(1_024);
  });

  // A stack that outgrows this is carved again.
  it.each([
    'template.yaml',
    'stacks/jobs/template.yaml',
    'stacks/s3/template.yaml',
    'stacks/workdocs/template.yaml',
  ])('%s has at most 1,000 lines', (file) => {
    expect(text(file).split('\n').length).toBeLessThanOrEqual(1_000);
  });
});

type Mutable = Record<string, never>;

/** A copy of the core template, with something in one of its resources that AWS refuses. */
function broken(id: string, change: (properties: Mutable) => void): Template {
  const copy = structuredClone(core);
  const { Properties } = copy.Resources[id] ?? {};
  if (Properties === undefined) throw new Error(`no resource ${id}`);
  change(Properties as Mutable);
  return copy;
}

describe('what AWS refuses is found', () => {
  it.each<[string, RegExp, Template]>([
    [
      'an eleventh metric of an expression',
      /BucketFunctionErrorsAlarm: 11 metrics/,
      broken('BucketFunctionErrorsAlarm', (alarm) => {
        const metrics: unknown[] = alarm['Metrics'] ?? [];
        const [, one] = metrics;
        metrics.push(...Array.from({ length: 8 }, () => one));
      }),
    ],
    [
      'a role with too many rights',
      /RestoreObjectsRole: \d+ characters of a role’s inline policies/,
      broken('RestoreObjectsRole', (role) => {
        const Resource = Array.from({ length: 200 }, (_, n) => `arn:aws:s3:::a-bucket-of-somebody-${n}/*`);
        const Statement = [{ Effect: 'Allow', Action: 's3:GetObject', Resource }];
        Object.assign(role, { Policies: [{ PolicyName: 'more', PolicyDocument: { Statement } }] });
      }),
    ],
    [
      'a queue policy with more than ten conditions',
      /RestoreWorkQueuePolicy: 11 conditions/,
      broken('RestoreWorkQueuePolicy', (policy) => {
        const { Statement } = policy['PolicyDocument'] as unknown as { Statement: unknown[] };
        const Condition = { StringEquals: { a: '1', b: '1', c: '1', d: '1' } };
        Statement.push({ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*', Condition });
      }),
    ],
    [
      'a statement of a queue policy with eight actions',
      /QueuePolicy: 8 actions/,
      broken('QueuePolicy', (policy) => {
        const { Statement } = policy['PolicyDocument'] as unknown as {
          Statement: Array<{ Action: unknown }>;
        };
        if (Statement[0]) Statement[0].Action = Array.from({ length: 8 }, (_, n) => `sqs:Action${n}`);
      }),
    ],
    [
      'an environment of more than 4 KB',
      /CaptureChangesFunction: \d+ bytes of a function’s environment/,
      broken('CaptureChangesFunction', (is) => {
        const { Variables } = is['Environment'] as unknown as { Variables: Record<string, unknown> };
        Variables['EXTRA'] = 'x'.repeat(4_000);
      }),
    ],
    [
      'a name that Lambda keeps',
      /CaptureChangesFunction: 1 variables/,
      broken('CaptureChangesFunction', (is) => {
        const { Variables } = is['Environment'] as unknown as { Variables: Record<string, unknown> };
        Variables['AWS_REGION'] = 'x';
      }),
    ],
    [
      'one function at a time',
      /PlanRestoreFunctionMessages: 1 fewer than two functions/,
      broken('PlanRestoreFunctionMessages', (mapping) => {
        Object.assign(mapping, { ScalingConfig: { MaximumConcurrency: 1 } });
      }),
    ],
    [
      'a large batch without a window',
      /CaptureChangesFunctionMessages: 100 messages/,
      broken('CaptureChangesFunctionMessages', (mapping) => {
        delete (mapping as Record<string, unknown>)['MaximumBatchingWindowInSeconds'];
      }),
    ],
  ])('%s', (_, problem, template) => {
    expect(aboveLimits(stackOf(template, MOST['template.yaml']), text('template.yaml')).join('\n')).toMatch(
      problem,
    );
  });

  it('a template of a source that has grown too long for a body', async () => {
    const source = stackOf(await deployedTemplate('templates/source.yaml'), MOST['templates/source.yaml']);
    const long = `${text('templates/source.yaml')}\n${'#'.repeat(51_200)}`;
    expect(aboveLimits(source, long).join('\n')).toMatch(
      /body: \d+ bytes of a template that is given as a body/,
    );
  });
});

describe('the rights that the stacks of sources put on the roles', () => {
  // As docs/limits.md says, with names of 24 characters.
  it.each([
    [18, 'false', 'false'],
    [16, 'true', 'false'],
    [14, 'true', 'true'],
  ])('of %i sources fit, with ExactRestores %s and ACLs %s', async (count, ExactRestores, AclRestores) => {
    const options = { ExactRestores, AclRestores };
    const stack = stackOf(core, options);
    const names = {
      ...stack.names,
      Vault: 'holdfast-vault-1a2b3c4d5e6f',
      Catalog: 'holdfast-Catalog-1A2B3C4D5E6F',
    };
    const source = { template: await deployedTemplate('templates/source.yaml') };
    const parameters = {
      Bucket: 'b'.repeat(24),
      CaptureRuleName: MOST['templates/source.yaml']?.['CaptureRuleName'] ?? '',
    };
    const sources = Array.from({ length: count }, () => ({
      ...source,
      parameters: { ...parameters, ...options, Acls: AclRestores },
    }));
    const sizes = roleSizes({ ...stack, names }, sources);
    expect(Math.max(...sizes.values())).toBeGreaterThan(8_000);
    expect([...sizes].filter(([, size]) => size > 10_240)).toEqual([]);
  });
});
