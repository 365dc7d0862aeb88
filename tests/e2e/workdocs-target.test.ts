import { createHash } from 'node:crypto';
import {
  type Capability,
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { workdocsEndpoint } from '../../scripts/lib/ministack-env.ts';
import { startWorkDocsServer, type WorkDocsServer } from '../../testing/workdocs-server/server.ts';
import { zipOf } from '../support/given-export.ts';
import { catalog, givenBucket, holdfast, put, tryHoldfast } from './support/cloud.ts';

const SITE = `d-${createHash('sha256').update(`target-${process.pid}-${Date.now()}`).digest('hex').slice(0, 10)}`;
const TARGET = `workdocs://${SITE}`;

let server: WorkDocsServer;
let source: string;

beforeAll(async () => {
  const cloud = new URL(inject('directEndpoint'));
  const endpoint = workdocsEndpoint(Number(cloud.port));
  // The command line goes to the site by itself, as the functions do.
  process.env['AWS_ENDPOINT_URL_WORKDOCS'] = endpoint;
  server = await startWorkDocsServer({ port: Number(new URL(endpoint).port), organizationId: SITE });
  const bucket = await givenBucket('exports');
  source = `workdocs://to-${bucket.split('-').slice(1).join('-')}`;
  await put(
    bucket,
    'anna.zip',
    await zipOf({ 'Reports/q3.txt': 'three', 'Empty/': null, 'notes.txt': 'notes' }),
  );
  await holdfast('import', 'workdocs-export', `s3://${bucket}`, '--as', source, '--yes', '--wait');
});

afterAll(async () => {
  expect(server.defects).toEqual([]);
  // Its schedule would go on asking a server that is gone.
  await holdfast('unprotect', TARGET, '--yes');
  await server.close();
});

describe('a WorkDocs site as a target', () => {
  it('has no user of that name: refused with words, nothing is made', async () => {
    const { code, stderr, output } = await tryHoldfast('restore', source, '--to', TARGET, '--yes');
    expect(code).not.toBe(0);
    expect(`${stderr} ${JSON.stringify(output)}`).toContain('anna');
    expect(server.counts.get('InitiateDocumentVersionUpload') ?? 0).toBe(0);
  });

  it('gets folders and documents, and nothing twice', async () => {
    const { rootFolderId } = server.site.model.createUser('anna');
    await holdfast('restore', source, '--to', TARGET, '--yes');
    const { items } = await server.site.folderContents(rootFolderId);
    const names = items.map((one) => (one.kind === 'folder' ? one.folder.name : one.document.latest?.name));
    expect(names.sort()).toEqual(['Empty', 'Reports', 'notes.txt']);
    const uploads = server.counts.get('InitiateDocumentVersionUpload');
    await holdfast('restore', source, '--to', TARGET, '--yes');
    expect(server.counts.get('InitiateDocumentVersionUpload')).toBe(uploads);
  });
});

describe('a site that is read by a role', () => {
  const ROLE = `workdocs-reader-${SITE}`;
  const ARN = `arn:aws:iam::000000000000:role/${ROLE}`;
  const TEMPLATE = JSON.stringify({
    Resources: {
      Reader: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: ROLE,
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: 'arn:aws:iam::000000000000:root' },
                Action: 'sts:AssumeRole',
              },
            ],
          },
        },
      },
    },
  });

  it('says so when the role cannot be assumed, and marks nothing', async () => {
    const { code, output } = await tryHoldfast('protect', TARGET, '--role-arn', ARN, '--wait');
    expect(code).toBe(1);
    expect(JSON.stringify(output)).toContain(`the role ${ARN} cannot be assumed`);
    expect((await catalog.getSource(TARGET))?.unreachable).toContain(ARN);
    await holdfast('unprotect', TARGET, '--yes');
  });

  it('is crawled with the credentials of that role', async () => {
    const cloudFormation = new CloudFormationClient({});
    const StackName = `reader-${SITE}`;
    const Capabilities: Capability[] = ['CAPABILITY_NAMED_IAM'];
    await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody: TEMPLATE, Capabilities }));
    await waitUntilStackCreateComplete({ client: cloudFormation, maxWaitTime: 60 }, { StackName });
    const answer = await holdfast('protect', TARGET, '--role-arn', ARN, '--wait');
    expect(answer).toMatchObject({ result: { job: { state: 'done' } } });
    expect(await catalog.getSource(TARGET)).toMatchObject({ totals: { objects: 2 } });
  });
});
