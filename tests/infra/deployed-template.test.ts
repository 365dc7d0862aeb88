import { describe, expect, it } from 'vitest';
import { deployedTemplate, type Template, translatedTemplate } from '../../testing/iam/deployed-template.ts';
import { resolve } from '../../testing/iam/resolve-value.ts';
import { rolePolicies } from '../../testing/iam/role-policies.ts';

const core = await deployedTemplate('template.yaml');
const source = await deployedTemplate('templates/source.yaml');
const names = { Vault: 'vault', Catalog: 'catalog' };

const types = ({ Resources }: Template) => new Set(Object.values(Resources).map(({ Type }) => Type));

describe('the template as CloudFormation gets it', () => {
  it('has no SAM resource left, and what SAM makes of them', () => {
    expect([...types(core)].filter((type) => type.startsWith('AWS::Serverless'))).toEqual([]);
    expect(types(core)).toContain('AWS::Lambda::EventSourceMapping');
  });

  it('has the globals in every function, and intrinsics in their long form', () => {
    const { Properties } = core.Resources['CaptureChangesFunction'] ?? {};
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      MemorySize: 256,
      Role: { 'Fn::GetAtt': ['CaptureChangesRole', 'Arn'] },
    });
  });

  it('is translated once for a process', () => {
    expect(translatedTemplate('template.yaml')).toBe(translatedTemplate('template.yaml'));
  });

  it('may also be one without SAM', () => {
    expect(source.Resources['CaptureRule']).toMatchObject({
      Type: 'AWS::Events::Rule',
      Properties: { Name: { Ref: 'CaptureRuleName' } },
    });
  });
});

describe('values worked out', () => {
  const stack = {
    template: core,
    names,
    parameters: { RestoreTargets: 'one,two-*', LockMode: 'GOVERNANCE' },
  };

  it.each([
    [{ Ref: 'Vault' }, 'vault'],
    [{ 'Fn::GetAtt': ['Vault', 'Arn'] }, 'arn:aws:s3:::vault'],
    [{ 'Fn::Sub': '${Vault.Arn}/s3/*' }, 'arn:aws:s3:::vault/s3/*'],
    [{ 'Fn::Sub': ['${Who}-${!Literal}', { Who: { Ref: 'AWS::StackName' } }] }, 'holdfast-${Literal}'],
    [{ 'Fn::Join': ['/', { Ref: 'RestoreTargets' }] }, 'one/two-*'],
    [{ 'Fn::If': ['HasLock', 'locked', 'open'] }, 'locked'],
    [{ 'Fn::If': ['HasCold', 'cold', { Ref: 'AWS::NoValue' }] }, undefined],
    [{ Ref: 'RetentionDays' }, '90'],
  ])('%j', (value, expected) => {
    expect(resolve(value, stack)).toEqual(expected);
  });

  it('refuses what it does not know, in place of guessing', () => {
    expect(() => resolve({ Ref: 'Nothing' }, stack)).toThrow('Nothing');
    expect(() => resolve({ 'Fn::ImportValue': 'x' }, stack)).toThrow('Fn::ImportValue');
  });
});

describe('the policies of the roles', () => {
  const roles = rolePolicies({ template: core, names }, [
    { template: source, parameters: { Bucket: 'photos', CaptureRuleName: 'holdfast-capture-photos' } },
    { template: source, parameters: { Bucket: 'books', CaptureRuleName: 'holdfast-capture-books' } },
  ]);
  const allowed = (role: string, action: string) =>
    roles[role]?.allow
      .filter(({ actions }) => actions.includes(action))
      .flatMap(({ resources }) => resources);

  it('are those of the core stack and of every source', () => {
    expect(allowed('CaptureChangesRole', 's3:PutObject')).toEqual(['arn:aws:s3:::vault/s3/*']);
    expect(allowed('CaptureChangesRole', 's3:ListBucket')).toEqual([
      'arn:aws:s3:::vault',
      'arn:aws:s3:::photos',
      'arn:aws:s3:::books',
    ]);
    expect(allowed('PlanRestoreRole', 's3:ListBucket')).toEqual([]);
  });

  it('tell what is denied apart from what is allowed', () => {
    expect(roles['RestoreObjectsRole']?.deny).toEqual([
      {
        actions: ['s3:PutObject', 's3:PutObjectTagging'],
        resources: ['arn:aws:s3:::vault/*'],
      },
    ]);
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov'])('name restore targets in the partition %s', (partition) => {
    const parameters = { RestoreTargets: 'one,two-*', ExactRestores: 'true' };
    const { RestoreObjectsRole } = rolePolicies({ template: core, names, parameters, partition });
    const of = (action: string) =>
      RestoreObjectsRole?.allow
        .filter(({ actions }) => actions.includes(action))
        .flatMap(({ resources }) => resources)
        .filter((resource) => /one|two/.test(resource));
    const objects = [`arn:${partition}:s3:::one/*`, `arn:${partition}:s3:::two-*/*`];
    expect([of('s3:PutObject'), of('s3:DeleteObject')]).toEqual([objects, objects]);
    expect(of('s3:ListBucket')).toEqual([`arn:${partition}:s3:::one`, `arn:${partition}:s3:::two-*`]);
  });

  it('grow with the parameters', () => {
    const more = rolePolicies({ template: core, names, parameters: { RestoreTargets: 'one,two-*' } });
    const targets = more['RestoreObjectsRole']?.allow.flatMap(({ resources }) => resources);
    expect(targets).toEqual(expect.arrayContaining(['arn:aws:s3:::one/*', 'arn:aws:s3:::two-*/*']));
  });
});
