import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  deployedTemplate,
  type Template,
  translatedTemplate,
  type Value,
} from '../../testing/iam/deployed-template.ts';
import { withNested } from '../../testing/iam/nested-stacks.ts';
import { holds, resolve } from '../../testing/iam/resolve-value.ts';
import { ofType } from './support/template-resources.ts';

const empty: Template = { Parameters: {}, Conditions: {}, Resources: {}, Outputs: {} };
const role = (Description: Value) => ({ Type: 'AWS::IAM::Role', Properties: { Description } });

const root: Template = {
  ...empty,
  Parameters: {
    Names: { Type: 'CommaDelimitedList', Default: 'a,b' },
    Extra: { Type: 'String', Default: 'no' },
  },
  Conditions: { HasExtra: { 'Fn::Equals': [{ Ref: 'Extra' }, 'yes'] } },
  Resources: {
    Vault: { Type: 'AWS::S3::Bucket' },
    Room: {
      Type: 'AWS::CloudFormation::Stack',
      Condition: 'HasExtra',
      Properties: {
        Parameters: {
          VaultArn: { 'Fn::GetAtt': ['Vault', 'Arn'] },
          Names: { 'Fn::Join': [',', { Ref: 'Names' }] },
          Mode: { 'Fn::If': ['HasExtra', 'on', 'off'] },
        },
      },
    },
    Reader: role({ 'Fn::Sub': 'reads as ${Room.Outputs.Inside}' }),
  },
};
const room: Template = {
  ...empty,
  Parameters: {
    VaultArn: { Type: 'String' },
    Names: { Type: 'CommaDelimitedList' },
    Mode: { Type: 'String' },
    Own: { Type: 'String', Default: 'its own' },
  },
  Conditions: { HasExtra: { 'Fn::Equals': [{ Ref: 'Mode' }, 'on'] } },
  Resources: {
    Inside: role({ 'Fn::Sub': '${VaultArn}/* ${Mode} ${Own} ${!Literal}' }),
    Listed: role({ 'Fn::Join': ['+', { Ref: 'Names' }] }),
    Sometimes: { ...role({ 'Fn::If': ['HasExtra', 'more', 'less'] }), Condition: 'HasExtra' },
  },
  Outputs: { Inside: { Value: { Ref: 'Inside' } } },
};
const whole = withNested(root, new Map([['Room', room]]));
const described = (id: string, parameters = {}) =>
  resolve(whole.Resources[id]?.Properties?.['Description'] ?? null, { template: whole, parameters });

describe('a template with what its nested stacks hold in their place', () => {
  it('has their resources, and no nested stack', () => {
    expect(Object.keys(whole.Resources)).toEqual(['Vault', 'Inside', 'Listed', 'Sometimes', 'Reader']);
  });

  it('says what their parameters are given, their defaults, and what they put out', () => {
    expect(described('Inside')).toBe('arn:aws:s3:::Vault/* off its own ${Literal}');
    expect(described('Inside', { Extra: 'yes' })).toContain('/* on ');
    expect(described('Listed', { Names: 'c,d' })).toBe('c+d');
    expect(described('Reader')).toBe('reads as Inside');
  });

  it('has their conditions, which are not those of the same name outside, and the condition of the whole stack', () => {
    const there = (id: string, Extra: string) =>
      holds(whole.Resources[id]?.Condition, { template: whole, parameters: { Extra } });
    expect([there('Inside', 'yes'), there('Inside', 'no')]).toEqual([true, false]);
    expect([there('Sometimes', 'yes'), there('Sometimes', 'no')]).toEqual([true, false]);
    expect(whole.Conditions).toHaveProperty('RoomHasExtra');
  });

  it('is refused where CloudFormation would refuse it', () => {
    const made = (change: Partial<Template>) => () =>
      withNested(root, new Map([['Room', { ...room, ...change }]]));
    const { VaultArn: _, ...fewer } = room.Parameters;
    expect(made({ Parameters: fewer })).toThrow('Room has no parameter VaultArn');
    expect(made({ Parameters: { ...room.Parameters, More: { Type: 'String' } } })).toThrow(
      'Room is not given its parameter More',
    );
    // Each stack has names of its own; but the tests know a resource by its name.
    expect(made({ Resources: { Vault: role('x') } })).toThrow('two stacks have a resource Vault');
  });
});

describe('the nested stacks of the template', () => {
  it('hold nothing that has to outlive them: what is in the vault and the catalog is the root’s', async () => {
    const { Resources } = await translatedTemplate('template.yaml');
    const { Resources: all } = await deployedTemplate('template.yaml');
    const inside = Object.entries(all).flatMap(([id, { Type }]) => (id in Resources ? [] : [Type]));
    expect([...new Set(inside)].sort()).toEqual([
      'AWS::CloudWatch::Alarm',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::EventSourceMapping',
      'AWS::Lambda::Function',
      'AWS::Logs::LogGroup',
    ]);
  });

  it.each([
    ['Buckets', /^(Capture(Changes|Backlog)|ReconcileSource)Function$/],
    ['WorkDocs', /^(ReadSite|PlanSiteRestore|CaptureDocuments|ImportExport)Function$/],
  ])('cost nothing with %s=false: neither functions, nor polls, nor alarms', async (kind, itsFunctions) => {
    const template = await deployedTemplate('template.yaml');
    const stack = { template, parameters: { [kind]: 'false' } };
    const gone = (type: string) =>
      ofType(template, type)
        .filter(({ resource }) => !holds(resource.Condition, stack))
        .map(({ id }) => id);
    const functions = gone('AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(2);
    for (const id of functions) expect(id).toMatch(itsFunctions);
    // One alarm of dead letters for each queue at least, one of errors, one of throttles.
    expect(gone('AWS::CloudWatch::Alarm').length).toBeGreaterThan(4);
    expect(gone('AWS::Lambda::EventSourceMapping').length).toBeGreaterThanOrEqual(functions.length);
    for (const type of ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::SQS::Queue'])
      expect(gone(type)).toEqual([]);
  });

  it('are agreed to by whoever deploys with samconfig.toml', () => {
    // Source: SAM developer guide, "Nested applications": CAPABILITY_AUTO_EXPAND has to be acknowledged.
    const text = readFileSync(new URL('../../samconfig.toml', import.meta.url), 'utf8');
    const agreed = text.match(/^capabilities = .*$/gm);
    expect(agreed).toHaveLength(2);
    for (const line of agreed ?? [])
      expect(line).toBe('capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]');
  });
});
