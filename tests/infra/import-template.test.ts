import { describe, expect, it } from 'vitest';
import { deployedTemplate } from '../../testing/iam/deployed-template.ts';
import { isAllowed } from '../../testing/iam/is-allowed.ts';
import { rolePolicies } from '../../testing/iam/role-policies.ts';

const core = {
  template: await deployedTemplate('template.yaml'),
  names: { Vault: 'vault', Catalog: 'catalog' },
};
const template = await deployedTemplate('templates/workdocs-import.yaml');
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/k';

function policies(parameters: Record<string, string>) {
  const own = { Bucket: 'exports', Prefix: '2025/', ...parameters };
  return rolePolicies({ ...core, parameters: {} }, [{ template, parameters: own }]);
}

describe('the stack of an import', () => {
  it.each<[string, string, boolean]>([
    ['s3:GetObject', 'arn:aws:s3:::exports/2025/alice.zip', true],
    ['s3:ListBucket', 'arn:aws:s3:::exports', true],
    ['s3:GetObject', 'arn:aws:s3:::exports/2024/alice.zip', false],
    ['s3:GetObject', 'arn:aws:s3:::others/2025/alice.zip', false],
    ['s3:PutObject', 'arn:aws:s3:::exports/2025/alice.zip', false],
    ['s3:DeleteObject', 'arn:aws:s3:::exports/2025/alice.zip', false],
    ['kms:Decrypt', KEY, false],
  ])('lets its role %s of %s: %s', (action, resource, expected) => {
    const { ImportExportRole } = policies({});
    if (ImportExportRole === undefined) throw new Error('no role');
    expect(isAllowed(ImportExportRole, action, resource)).toBe(expected);
  });

  it('lists what begins so, and nothing else', () => {
    const list = policies({})['ImportExportRole']?.allow.find(({ resources }) =>
      resources.includes('arn:aws:s3:::exports'),
    );
    expect(list?.condition).toEqual({ StringLike: { 's3:prefix': expect.anything() } });
    expect(JSON.stringify(list?.condition)).toMatch(/2025\/\*|\$\{Prefix\}\*/);
  });

  it('lets no other role do anything', () => {
    const others = Object.entries(policies({})).filter(([role]) => role !== 'ImportExportRole');
    expect(others.length).toBeGreaterThan(5);
    for (const [, policy] of others)
      expect(isAllowed(policy, 's3:GetObject', 'arn:aws:s3:::exports/2025/alice.zip')).toBe(false);
  });

  it('lets a key be used where one is named', () => {
    const { ImportExportRole } = policies({ KmsKeyArn: KEY });
    if (ImportExportRole === undefined) throw new Error('no role');
    expect(isAllowed(ImportExportRole, 'kms:Decrypt', KEY)).toBe(true);
    expect(isAllowed(ImportExportRole, 'kms:Decrypt', `${KEY}x`)).toBe(false);
  });
});
