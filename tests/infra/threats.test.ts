import { describe, expect, it } from 'vitest';
import { deployedTemplate, type Value } from '../../testing/iam/deployed-template.ts';
import { isAllowed } from '../../testing/iam/is-allowed.ts';
import { resolve } from '../../testing/iam/resolve-value.ts';
import { rolePolicies } from '../../testing/iam/role-policies.ts';

const template = await deployedTemplate('template.yaml');
const source = await deployedTemplate('templates/source.yaml');
const names = { Vault: 'vault', Catalog: 'catalog' };
const rule = 'holdfast-capture-photos';
const sources = [{ template: source, parameters: { Bucket: 'photos', CaptureRuleName: rule } }];

// The most that an operator can give: restores may write to any bucket.
const roles = rolePolicies({ template, names, parameters: { RestoreTargets: '*' } }, sources);

const COPY = 'arn:aws:s3:::vault/s3/photos/a';
const SETTINGS = 'arn:aws:s3:::vault/sources/s3/photos.json';
const REPORT = 'arn:aws:s3:::vault/reports/restore/2026/03/01/j.json';
const OBJECT = 'arn:aws:s3:::photos/a';
const STRANGER = 'arn:aws:s3:::somebody-elses/a';

const ALL = Object.keys(roles).sort();
const can = (role: string, action: string, resource: string) => {
  const policy = roles[role];
  if (policy === undefined) throw new Error(`no role ${role}`);
  return isAllowed(policy, action, resource);
};
/** The roles that may do something. */
const who = (action: string, resource: string) => ALL.filter((role) => can(role, action, resource));

const CAPTURE = ['CaptureBacklogRole', 'CaptureChangesRole'];

describe('what a function could do in hands that are not ours', () => {
  it('end a version of the vault: none', () => {
    expect(who('s3:DeleteObjectVersion', COPY)).toEqual([]);
    expect(who('s3:BypassGovernanceRetention', COPY)).toEqual([]);
    expect(who('s3:PutLifecycleConfiguration', 'arn:aws:s3:::vault')).toEqual([]);
    expect(who('s3:PutBucketPolicy', 'arn:aws:s3:::vault')).toEqual([]);
  });

  it('put something on top of a copy, where it stays in the history: capture alone', () => {
    expect(who('s3:PutObject', COPY)).toEqual(CAPTURE);
    expect(who('s3:DeleteObject', COPY)).toEqual(CAPTURE);
  });

  it('change what a source’s settings say: none', () => {
    expect(who('s3:PutObject', SETTINGS)).toEqual([]);
  });

  it('explain the vault otherwise, to whoever has nothing else: none', () => {
    for (const page of ['README.txt', 'holdfast-restore.py'])
      expect(who('s3:PutObject', `arn:aws:s3:::vault/${page}`)).toEqual([]);
  });

  it('read a copy: capture, and who restores it', () => {
    expect(who('s3:GetObjectVersion', COPY)).toEqual([...CAPTURE, 'RestoreObjectsRole']);
  });

  it('have an archived copy thawed, which costs money: who restores it, and nothing but copies', () => {
    expect(who('s3:RestoreObject', COPY)).toEqual(['RestoreObjectsRole']);
    expect(who('s3:RestoreObject', OBJECT)).toEqual([]);
  });

  it('read a source: capture, and who writes back to it', () => {
    expect(who('s3:GetObject', OBJECT)).toEqual([...CAPTURE, 'RestoreObjectsRole']);
  });

  it('write to a source: who restores, and capture never', () => {
    expect(who('s3:PutObject', OBJECT)).toEqual(['RestoreObjectsRole']);
  });

  it('write a source’s canary and read its copy, when one was asked for: who checks, and no other object', () => {
    const key = 'a/holdfast-canary';
    const copy = `s3/photos/${key}`;
    const asked = [
      {
        template: source,
        parameters: {
          Bucket: 'photos',
          CaptureRuleName: rule,
          VaultBucket: 'vault',
          CanaryKey: key,
          CanaryVaultKey: copy,
        },
      },
    ];
    const checker = rolePolicies({ template, names }, asked)['ReconcileSourceRole'];
    if (checker === undefined) throw new Error('no role');
    const may = (action: string, resource: string) => isAllowed(checker, action, resource);
    const [itself, itsCopy] = [`arn:aws:s3:::photos/${key}`, `arn:aws:s3:::vault/${copy}`];
    expect([may('s3:PutObject', itself), may('s3:GetObjectVersion', itsCopy)]).toEqual([true, true]);
    const beyond = [OBJECT, `${itself}2`, COPY, itsCopy, SETTINGS, STRANGER];
    expect(beyond.filter((one) => may('s3:PutObject', one))).toEqual([]);
    expect([OBJECT, itself, COPY, SETTINGS].filter((one) => may('s3:GetObject', one))).toEqual([]);
    for (const one of [itself, itsCopy]) expect(may('s3:DeleteObject', one)).toBe(false);
    // None was asked for.
    expect(can('ReconcileSourceRole', 's3:PutObject', itself)).toBe(false);
    expect(can('ReconcileSourceRole', 's3:GetObjectVersion', itsCopy)).toBe(false);
  });

  it('read a record beside a copy, as it was too: who captures, compares and restores, and no copy', () => {
    const readers = [...CAPTURE, 'ReconcileSourceRole', 'RestoreObjectsRole'];
    for (const kind of ['tags', 'acls'])
      expect(who('s3:GetObjectVersion', `arn:aws:s3:::vault/s3/photos~${kind}/0a.json`)).toEqual(readers);
    expect(can('ReconcileSourceRole', 's3:GetObjectVersion', COPY)).toBe(false);
    // What is hidden only a listing of versions shows.
    expect(who('s3:ListBucketVersions', 'arn:aws:s3:::vault')).toEqual(expect.arrayContaining(readers));
  });

  it('delete in a source: none', () => {
    expect(who('s3:DeleteObject', OBJECT)).toEqual([]);
    expect(who('s3:DeleteObjectVersion', OBJECT)).toEqual([]);
  });

  it('delete in a source or a target when exact restores are allowed: who restores, and never in the vault', () => {
    const parameters = { RestoreTargets: '*', ExactRestores: 'true' };
    const exact = sources.map((one) => ({
      ...one,
      parameters: { ...one.parameters, ExactRestores: 'true' },
    }));
    const allowed = Object.entries(rolePolicies({ template, names, parameters }, exact));
    const whoNow = (action: string, resource: string) =>
      allowed
        .filter(([, policy]) => isAllowed(policy, action, resource))
        .map(([role]) => role)
        .sort();
    expect(whoNow('s3:DeleteObject', OBJECT)).toEqual(['RestoreObjectsRole']);
    expect(whoNow('s3:DeleteObject', STRANGER)).toEqual(['RestoreObjectsRole']);
    expect(whoNow('s3:DeleteObjectVersion', OBJECT)).toEqual([]);
    expect(whoNow('s3:DeleteObject', COPY)).toEqual(CAPTURE);
  });

  it('read or write an ACL: none, unless ACLs are asked for, and never in the vault', () => {
    const all = ['s3:GetObjectAcl', 's3:GetObjectVersionAcl', 's3:PutObjectAcl', 's3:PutObjectVersionAcl'];
    for (const action of all) expect([...who(action, OBJECT), ...who(action, COPY)]).toEqual([]);
    const parameters = { RestoreTargets: '*', AclRestores: 'true' };
    const kept = sources.map((one) => ({
      ...one,
      parameters: { ...one.parameters, Acls: 'true', AclRestores: 'true' },
    }));
    const allowed = Object.entries(rolePolicies({ template, names, parameters }, kept));
    const whoNow = (action: string, resource: string) =>
      allowed
        .filter(([, policy]) => isAllowed(policy, action, resource))
        .map(([role]) => role)
        .sort();
    expect(whoNow('s3:GetObjectVersionAcl', OBJECT)).toEqual(CAPTURE);
    expect(whoNow('s3:PutObjectAcl', OBJECT)).toEqual(['RestoreObjectsRole']);
    expect(whoNow('s3:PutObjectAcl', STRANGER)).toEqual(['RestoreObjectsRole']);
    expect(whoNow('s3:PutObjectVersionAcl', OBJECT)).toEqual([]);
    expect(whoNow('s3:PutObjectAcl', COPY)).toEqual([]);
    const bucket = 'arn:aws:s3:::photos';
    expect(whoNow('s3:GetBucketOwnershipControls', bucket)).toEqual([
      'ReconcileSourceRole',
      'RestoreObjectsRole',
    ]);
    expect(who('s3:GetBucketOwnershipControls', bucket)).toEqual([]);
  });

  it('reach a bucket that nobody protected: only who restores, and only where RestoreTargets says', () => {
    expect(who('s3:PutObject', STRANGER)).toEqual(['RestoreObjectsRole']);
    const closed = rolePolicies({ template, names }, sources);
    for (const action of ['s3:GetObject', 's3:PutObject', 's3:ListBucket'])
      for (const policy of Object.values(closed)) expect(isAllowed(policy, action, STRANGER)).toBe(false);
  });

  it('write to the vault by a restore, whatever its targets: none', () => {
    expect(can('RestoreObjectsRole', 's3:PutObject', COPY)).toBe(false);
    expect(can('RestoreObjectsRole', 's3:PutObject', SETTINGS)).toBe(false);
  });

  it('write a report: who does nothing else', () => {
    const closed = rolePolicies({ template, names }, sources);
    const writers = ALL.filter((role) => closed[role] && isAllowed(closed[role], 's3:PutObject', REPORT));
    expect(writers).toEqual(['WriteReportRole']);
    for (const resource of [COPY, SETTINGS, OBJECT, STRANGER]) {
      expect(can('WriteReportRole', 's3:PutObject', resource)).toBe(false);
      expect(can('WriteReportRole', 's3:GetObject', resource)).toBe(false);
    }
  });

  it('tell people of a job: one role, on the one topic that the operator named, and none without', () => {
    const topic = 'arn:aws:sns:us-east-1:111122223333:restores';
    const named = rolePolicies({ template, names, parameters: { NotifyTopicArn: topic } }, sources);
    const publishers = (policies: typeof named, resource: string) =>
      Object.entries(policies)
        .filter(([, policy]) => isAllowed(policy, 'sns:Publish', resource))
        .map(([role]) => role);
    expect(publishers(named, topic)).toEqual(['WriteReportRole']);
    expect(publishers(named, `${topic}-2`)).toEqual([]);
    expect(publishers(roles, topic)).toEqual([]);
  });

  it('remove an entry or the table: none', () => {
    const table = 'arn:aws:dynamodb:us-east-1:111122223333:table/catalog';
    expect(who('dynamodb:GetItem', table)).toEqual(ALL);
    expect(who('dynamodb:DeleteItem', table)).toEqual([]);
    expect(who('dynamodb:DeleteTable', table)).toEqual([]);
  });

  it('switch off a source’s events: who mends them could at the bucket, and not the rule', () => {
    const arn = `arn:aws:events:us-east-1:111122223333:rule/${rule}`;
    expect(who('s3:PutBucketNotification', 'arn:aws:s3:::photos')).toEqual(['ReconcileSourceRole']);
    expect(who('events:EnableRule', arn)).toEqual(['ReconcileSourceRole']);
    expect([who('events:DisableRule', arn), who('events:DeleteRule', arn)]).toEqual([[], []]);
  });

  it('send itself a restore: who plans and restores, and nobody else', () => {
    const queue = (name: string) => `arn:aws:sqs:us-east-1:111122223333:${name}`;
    expect(who('sqs:SendMessage', queue('RestoreQueue'))).toEqual(['PlanRestoreRole']);
    expect(who('sqs:SendMessage', queue('SiteRestoreQueue'))).toEqual([
      'PlanRestoreRole',
      'PlanSiteRestoreRole',
    ]);
    // Nobody reads it without WorkDocs: what comes for it fails, in place of waiting there without a word.
    const without = rolePolicies({ template, names, parameters: { WorkDocs: 'false' } })['PlanRestoreRole'];
    if (without === undefined) throw new Error('no role');
    const may = (name: string) => isAllowed(without, 'sqs:SendMessage', queue(name));
    expect([may('RestoreWorkQueue'), may('SiteRestoreQueue')]).toEqual([true, false]);
    // IAM refuses a statement about nothing.
    expect(without.allow.flatMap(({ resources }) => resources)).not.toContain('');
    expect(who('sqs:SendMessage', queue('RestoreWorkQueue'))).toEqual([
      'PlanRestoreRole',
      'PlanSiteRestoreRole',
      'RestoreObjectsRole',
    ]);
  });
});

describe('what a function could do to the copy of a WorkDocs site', () => {
  const RECORD = 'arn:aws:s3:::vault/workdocs/d-1234567890/documents/a.json';
  const BYTES = 'arn:aws:s3:::vault/workdocs/d-1234567890/versions/a/1';

  it('end a version: none', () => {
    for (const one of [RECORD, BYTES]) expect(who('s3:DeleteObjectVersion', one)).toEqual([]);
  });

  it('mark it deleted, with its history under the mark: who captures documents', () => {
    for (const one of [RECORD, BYTES]) expect(who('s3:DeleteObject', one)).toEqual(['CaptureDocumentsRole']);
  });

  it('list it, where a damaged record names nothing any more: who captures documents', () => {
    expect(can('CaptureDocumentsRole', 's3:ListBucket', 'arn:aws:s3:::vault')).toBe(true);
    expect(can('CaptureDocumentsRole', 's3:ListBucketVersions', 'arn:aws:s3:::vault')).toBe(false);
  });

  it('put something on top of it: who captures and who imports', () => {
    for (const one of [RECORD, BYTES])
      expect(who('s3:PutObject', one)).toEqual(['CaptureDocumentsRole', 'ImportExportRole']);
  });

  it('touch the copy of a bucket: none of those that bring in WorkDocs; and the other way round', () => {
    for (const role of ['ReadSiteRole', 'CaptureDocumentsRole', 'ImportExportRole'])
      for (const action of ['s3:PutObject', 's3:DeleteObject', 's3:GetObject'])
        expect(can(role, action, COPY)).toBe(false);
    for (const role of CAPTURE) expect(can(role, 's3:PutObject', BYTES)).toBe(false);
  });

  it('change its settings: none', () => {
    expect(who('s3:PutObject', 'arn:aws:s3:::vault/sources/workdocs/d-1234567890.json')).toEqual([]);
  });
});

describe('who may ask for a restore', () => {
  const statements = (parameters: Record<string, string>, policy = 'RestoreQueuePolicy') => {
    const document = template.Resources[policy]?.Properties?.['PolicyDocument'] as Value;
    const { Statement } = resolve(document, { template, names, parameters }) as {
      readonly Statement: ReadonlyArray<{ readonly Sid: string }>;
    };
    return Statement;
  };

  it('nobody of another account, by default', () => {
    expect(statements({}).find(({ Sid }) => Sid === 'ThisAccountOnly')).toMatchObject({
      Effect: 'Deny',
      Principal: '*',
      Action: 'sqs:SendMessage',
      Condition: { StringNotEquals: { 'aws:PrincipalAccount': '111122223333' } },
    });
    expect(statements({}).map(({ Sid }) => Sid)).not.toContain('NamedSendersOnly');
  });

  it('of AWS’s services only S3, of this account’s buckets, and the sweep of this stack, to the work queue', () => {
    const RestoreSenders = 'arn:aws:iam::111122223333:role/on-call';
    const allowed = (policy: string) =>
      statements({ RestoreSenders }, policy).filter((one) => 'Effect' in one && one.Effect === 'Allow');
    expect(allowed('RestoreQueuePolicy')).toEqual([]);
    expect(allowed('RestoreWorkQueuePolicy')).toEqual([
      {
        Sid: 'ThawsOfThisAccountsBuckets',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: expect.stringContaining('RestoreWorkQueue'),
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
      {
        Sid: 'SweepOfThisStack',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: expect.stringContaining('RestoreWorkQueue'),
        Condition: { ArnLike: { 'aws:SourceArn': expect.stringContaining('ThawSweepRule') } },
      },
    ]);
    // Denials that speak of principals with an account or an ARN, which services have not.
    for (const Sid of ['ThisAccountOnly', 'NamedSendersOnly']) {
      for (const policy of ['RestoreQueuePolicy', 'RestoreWorkQueuePolicy'])
        expect(statements({ RestoreSenders }, policy).find((one) => one.Sid === Sid)).toMatchObject({
          Effect: 'Deny',
          Condition: { BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } },
        });
    }
  });

  it('with RestoreSenders, only they and the three functions whose queues these are', () => {
    const RestoreSenders = 'arn:aws:iam::111122223333:role/on-call,arn:aws:iam::111122223333:user/*';
    expect(statements({ RestoreSenders }).find(({ Sid }) => Sid === 'NamedSendersOnly')).toMatchObject({
      Effect: 'Deny',
      Condition: {
        ArnNotLike: {
          'aws:PrincipalArn': [
            'arn:aws:iam::111122223333:role/PlanRestoreRole',
            'arn:aws:iam::111122223333:role/PlanSiteRestoreRole',
            'arn:aws:iam::111122223333:role/RestoreObjectsRole',
            'arn:aws:iam::111122223333:role/on-call',
            'arn:aws:iam::111122223333:user/*',
          ],
        },
      },
    });
  });
});

describe('a vault with a key of its own', () => {
  const key = 'arn:aws:kms:us-east-1:111122223333:key/k';
  const rights = (parameters: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(rolePolicies({ template, names, parameters }, sources)).map(([role, { allow }]) => [
        role,
        allow
          .filter(({ actions }) => actions.some((action) => action.startsWith('kms:')))
          .map(({ actions, resources, condition }) => ({ actions, resources, condition })),
      ]),
    );
  // By both names that S3 may have there: in China a service's has the partition's suffix, elsewhere they are the same.
  const viaS3 = 's3.us-east-1.amazonaws.com';
  const use = (actions: string[]) => [
    {
      actions,
      resources: [key],
      condition: { StringEquals: { 'kms:ViaService': [viaS3, viaS3] } },
    },
  ];

  it('is encrypted with it, and its roles may use that key through S3 and no other', () => {
    const both = use(['kms:Decrypt', 'kms:GenerateDataKey']);
    expect(rights({ VaultKmsKeyArn: key })).toEqual({
      CaptureChangesRole: both,
      CaptureBacklogRole: both,
      ReconcileSourceRole: use(['kms:Decrypt']),
      PlanRestoreRole: both,
      RestoreObjectsRole: both,
      WriteReportRole: use(['kms:GenerateDataKey']),
      ReadSiteRole: [],
      CaptureDocumentsRole: both,
      ImportExportRole: both,
      PlanSiteRestoreRole: both,
    });
    const encryption = template.Resources['Vault']?.Properties?.['BucketEncryption'] as Value;
    expect(resolve(encryption, { template, parameters: { VaultKmsKeyArn: key } })).toMatchObject({
      ServerSideEncryptionConfiguration: [
        {
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
          BucketKeyEnabled: true,
        },
      ],
    });
  });

  it('is an option: without it, no role has anything of KMS', () => {
    expect(Object.values(rights({})).flat()).toEqual([]);
  });
});
