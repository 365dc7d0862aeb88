import {
  EntityNotExistsException,
  ProhibitedStateException,
  paginateDescribeFolderContents,
  WorkDocs,
} from '@aws-sdk/client-workdocs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handled } from '../../../testing/workdocs-server/answer.ts';
import { siteControl } from '../../../testing/workdocs-server/control-client.ts';
import { OPERATIONS } from '../../../testing/workdocs-server/operations.ts';
import { startWorkDocsServer, type WorkDocsServer } from '../../../testing/workdocs-server/server.ts';

const ORGANIZATION = 'd-9067e0513b';
const NOON = Date.UTC(2024, 4, 1, 12);

describe('the WorkDocs server', () => {
  let server: WorkDocsServer;
  let client: WorkDocs;

  beforeEach(async () => {
    server = await startWorkDocsServer({ clock: () => NOON });
    client = new WorkDocs({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
  });
  afterEach(async () => {
    client.destroy();
    await server.close();
    expect(server.defects).toEqual([]);
  });

  it('knows every operation of the SDK', () => {
    expect(handled().toSorted()).toEqual(OPERATIONS.map(({ name }) => name).toSorted());
    expect(OPERATIONS).toHaveLength(44);
  });

  it('answers every operation as the SDK reads it', async () => {
    const OrganizationId = ORGANIZATION;
    const { User: anna } = await client.createUser({
      OrganizationId,
      Username: 'anna',
      GivenName: 'Anna',
      Surname: 'Ek',
      Password: 'secret',
    });
    expect(anna).toMatchObject({ Username: 'anna', Status: 'ACTIVE', CreatedTimestamp: new Date(NOON) });
    const UserId = anna?.Id;
    const RootFolderId = anna?.RootFolderId ?? '';
    expect(
      (await client.describeUsers({ OrganizationId, Query: 'an e', Fields: 'STORAGE_METADATA' })).Users,
    ).toMatchObject([{ Id: UserId, RootFolderId, Storage: { StorageUtilizedInBytes: 0 } }]);
    expect((await client.updateUser({ UserId, GivenName: 'Anne' })).User?.GivenName).toBe('Anne');
    await client.deactivateUser({ UserId });
    expect((await client.describeUsers({ OrganizationId })).Users).toEqual([]);
    expect((await client.describeUsers({ OrganizationId, Include: 'ALL' })).Users?.[0]?.Status).toBe(
      'INACTIVE',
    );
    expect((await client.activateUser({ UserId })).User?.Status).toBe('ACTIVE');

    const { Metadata: folder } = await client.createFolder({ ParentFolderId: RootFolderId, Name: 'Plans' });
    const FolderId = folder?.Id;
    const begun = await client.initiateDocumentVersionUpload({
      ParentFolderId: FolderId,
      Name: 'plan.txt',
      ContentType: 'text/plain',
      DocumentSizeInBytes: 5,
      ContentModifiedTimestamp: new Date(NOON - 1_500),
    });
    const DocumentId = begun.Metadata?.Id;
    const VersionId = begun.Metadata?.LatestVersionMetadata?.Id;
    expect(begun.Metadata?.LatestVersionMetadata).toMatchObject({
      Status: 'INITIALIZED',
      ContentModifiedTimestamp: new Date(NOON - 1_500),
    });
    const put = { method: 'PUT', body: 'hello', headers: begun.UploadMetadata?.SignedHeaders ?? {} };
    expect((await fetch(begun.UploadMetadata?.UploadUrl ?? '', put)).status).toBe(200);
    expect((await client.describeDocumentVersions({ DocumentId })).DocumentVersions).toEqual([]);
    await client.updateDocumentVersion({ DocumentId, VersionId, VersionStatus: 'ACTIVE' });
    expect((await client.describeFolderContents({ FolderId })).Documents).toMatchObject([
      { Id: DocumentId, ResourceState: 'ACTIVE', LatestVersionMetadata: { Size: 5, Status: 'ACTIVE' } },
    ]);
    const second = await client.initiateDocumentVersionUpload({ Id: DocumentId, Name: 'plan.txt' });
    const draft = second.Metadata?.LatestVersionMetadata?.Id;
    expect(
      (await client.describeDocumentVersions({ DocumentId, Include: 'INITIALIZED' })).DocumentVersions,
    ).toHaveLength(2);
    await client.abortDocumentVersionUpload({ DocumentId, VersionId: draft });

    const version = await client.getDocumentVersion({
      DocumentId,
      VersionId,
      Fields: 'SOURCE',
      IncludeCustomMetadata: true,
    });
    expect(version.CustomMetadata).toEqual({});
    expect(await (await fetch(version.Metadata?.Source?.ORIGINAL ?? '')).text()).toBe('hello');
    await client.createCustomMetadata({ ResourceId: DocumentId, VersionId, CustomMetadata: { a: 'b' } });
    await client.createCustomMetadata({ ResourceId: FolderId, CustomMetadata: { c: 'd', e: 'f' } });
    await client.deleteCustomMetadata({ ResourceId: FolderId, Keys: ['e'] });
    expect((await client.getFolder({ FolderId, IncludeCustomMetadata: true })).CustomMetadata).toEqual({
      c: 'd',
    });
    await client.createLabels({ ResourceId: DocumentId, Labels: ['red', 'blue'] });
    await client.deleteLabels({ ResourceId: DocumentId, Labels: ['red'] });
    expect((await client.getDocument({ DocumentId, IncludeCustomMetadata: true })).Metadata?.Labels).toEqual([
      'blue',
    ]);
    expect(
      (await client.getDocumentPath({ DocumentId, Fields: 'NAME' })).Path?.Components?.map(
        ({ Name }) => Name,
      ),
    ).toEqual(['/', 'Plans', 'plan.txt']);
    expect((await client.getFolderPath({ FolderId })).Path?.Components).toEqual([
      { Id: RootFolderId },
      { Id: FolderId },
    ]);

    const { Comment } = await client.createComment({
      DocumentId,
      VersionId,
      Text: 'Good',
      Visibility: 'PUBLIC',
    });
    expect((await client.describeComments({ DocumentId, VersionId })).Comments).toEqual([Comment]);
    await client.deleteComment({ DocumentId, VersionId, CommentId: Comment?.CommentId });
    const shared = await client.addResourcePermissions({
      ResourceId: FolderId,
      Principals: [{ Id: ORGANIZATION, Type: 'ORGANIZATION', Role: 'VIEWER' }],
    });
    expect(shared.ShareResults).toMatchObject([{ Status: 'SUCCESS' }]);
    expect((await client.describeResourcePermissions({ ResourceId: DocumentId })).Principals).toEqual([
      { Id: UserId, Type: 'USER', Roles: [{ Role: 'OWNER', Type: 'DIRECT' }] },
      { Id: ORGANIZATION, Type: 'ORGANIZATION', Roles: [{ Role: 'VIEWER', Type: 'INHERITED' }] },
    ]);
    expect((await client.getResources({ UserId: ORGANIZATION })).Folders).toHaveLength(1);
    await client.removeResourcePermission({ ResourceId: FolderId, PrincipalId: ORGANIZATION });
    await client.removeAllResourcePermissions({ ResourceId: FolderId });
    expect((await client.searchResources({ OrganizationId, QueryText: 'plan' })).Items).toHaveLength(2);
    expect((await client.describeGroups({ OrganizationId, SearchQuery: 'a' })).Groups).toEqual([]);

    const { Subscription } = await client.createNotificationSubscription({
      OrganizationId,
      Endpoint: 'https://example.com',
      Protocol: 'HTTPS',
      SubscriptionType: 'ALL',
    });
    const { SubscriptionId } = Subscription ?? {};
    expect((await client.describeNotificationSubscriptions({ OrganizationId })).Subscriptions).toEqual([
      Subscription,
    ]);
    await client.deleteNotificationSubscription({ OrganizationId, SubscriptionId });

    await client.updateDocument({ DocumentId, Name: 'plan 2.txt', ParentFolderId: RootFolderId });
    await client.updateFolder({ FolderId, ResourceState: 'RECYCLED' });
    expect((await client.getFolder({ FolderId })).Metadata?.ParentFolderId).toBe(anna?.RecycleBinFolderId);
    await client.updateFolder({ FolderId, ResourceState: 'ACTIVE' });
    const third = await upload(DocumentId, 'third');
    await client.deleteDocumentVersion({ DocumentId, VersionId: third, DeletePriorVersions: false });
    await client.restoreDocumentVersions({ DocumentId });
    const { UserActivities } = await client.describeActivities({
      OrganizationId,
      StartTime: new Date(NOON - 1),
      EndTime: new Date(NOON + 1),
      IncludeIndirectActivities: true,
    });
    expect(new Set(UserActivities?.map(({ Type }) => Type))).toContain('DOCUMENT_VERSION_DELETED');
    const none = await client.describeActivities({ OrganizationId, StartTime: new Date(NOON) });
    expect(none.UserActivities).toEqual([]);

    await client.deleteFolderContents({ FolderId });
    await client.deleteFolder({ FolderId });
    await client.deleteDocument({ DocumentId });
    await expect(client.getDocument({ DocumentId })).rejects.toThrow(EntityNotExistsException);
    await expect(client.getCurrentUser({ AuthenticationToken: 'a' })).rejects.toThrow('token of a user');
    await expect(client.describeRootFolders({ AuthenticationToken: 'a' })).rejects.toThrow('token of a user');
    await client.deleteUser({ UserId });
    expect(new Set(server.counts.keys()).size).toBe(44 + 2);
  });

  it('lists in pages, with markers that the SDK follows', async () => {
    server.site.pages.size = 2;
    const { model } = server.site;
    const { rootFolderId } = model.createUser('anna');
    for (let n = 0; n < 5; n += 1) model.upload({ parentId: rootFolderId }, `${n}`, { name: `${n}.txt` });
    const sizes: number[] = [];
    for await (const page of paginateDescribeFolderContents({ client }, { FolderId: rootFolderId }))
      sizes.push(page.Documents?.length ?? 0);
    expect(sizes).toEqual([2, 2, 1]);
  });

  it('refuses an answer that the schemas do not know, and keeps it as a defect', async () => {
    const { model } = server.site;
    const { id } = model.createUser('anna');
    Object.assign(model.user(id), { status: 'ASLEEP' });
    await expect(client.describeUsers({ OrganizationId: ORGANIZATION })).rejects.toThrow('ASLEEP');
    expect(server.defects).toEqual(['DescribeUsers.Users[0].Status cannot be "ASLEEP"']);
    server.defects.length = 0;
  });

  it('answers refusals by their names and statuses', async () => {
    const { model } = server.site;
    const { rootFolderId } = model.createUser('anna');
    const ref = model.upload({ parentId: rootFolderId }, 'a', { name: 'a' });
    const again = client.updateDocumentVersion({
      DocumentId: ref.documentId,
      VersionId: ref.versionId,
      VersionStatus: 'ACTIVE',
    });
    await expect(again).rejects.toThrow(ProhibitedStateException);
    await expect(again).rejects.toMatchObject({ $metadata: { httpStatusCode: 409 } });
    model.denied.add(ref.documentId);
    await expect(client.getDocument({ DocumentId: ref.documentId })).rejects.toMatchObject({
      name: 'UnauthorizedResourceAccessException',
      $metadata: { httpStatusCode: 404 },
    });
    server.site.throttle(1);
    await expect(client.getDocument({ DocumentId: ref.documentId })).rejects.toMatchObject({
      name: 'ThrottlingException',
    });
  });

  it('refuses requests that are not signed', async () => {
    const answer = await fetch(`${server.url}/api/v1/users?organizationId=${ORGANIZATION}`);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-amzn-errortype')).toMatch(/^UnauthorizedOperationException/);
  });

  it('gives bytes and ranges of them until the URL expires, and to nobody who changed it', async () => {
    const { model } = server.site;
    const { rootFolderId } = model.createUser('anna');
    const { documentId, versionId } = model.upload({ parentId: rootFolderId }, 'holdfast', { name: 'a' });
    const url = model.urls.sign({ purpose: 'source', documentId, versionId }, NOON);
    const part = await fetch(url, { headers: { Range: 'bytes=4-' } });
    expect([part.status, await part.text()]).toEqual([206, 'fast']);
    expect((await fetch(url, { headers: { Range: 'bytes=8-' } })).status).toBe(416);
    expect((await fetch(url.replace(/Signature=.{4}/, 'Signature=0000'))).status).toBe(403);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    server.advance(899_000);
    expect((await fetch(url)).status).toBe(403);
  });

  it('takes bytes only with the headers that the URL was signed with', async () => {
    const { model } = server.site;
    const { rootFolderId } = model.createUser('anna');
    const { Metadata, UploadMetadata } = await client.initiateDocumentVersionUpload({
      ParentFolderId: rootFolderId,
      Name: 'a',
      ContentType: 'text/plain',
    });
    const url = UploadMetadata?.UploadUrl ?? '';
    const headers = { ...UploadMetadata?.SignedHeaders };
    expect(
      (await fetch(url, { method: 'PUT', body: 'a', headers: { ...headers, 'Content-Type': 'text/html' } }))
        .status,
    ).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: 'a', headers })).status).toBe(200);
    expect(model.document(Metadata?.Id ?? '').versions[0]?.bytes).toEqual(Buffer.from('a'));
  });

  it('is driven from another process', async () => {
    const control = siteControl(server.url);
    const { rootFolderId, id } = await control.createUser('anna');
    const { documentId, versionId } = await control.upload({ parentId: rootFolderId }, Buffer.from('bytes'), {
      name: 'a',
    });
    await control.rename(documentId, 'b');
    expect(server.site.model.document(documentId).versions).toMatchObject([
      { id: versionId, name: 'b', size: 5 },
    ]);
    await control.deactivateUser(id);
    await control.end();
    expect((await client.describeUsers({ OrganizationId: ORGANIZATION, Include: 'ALL' })).Users).toEqual([]);
    await expect(client.getDocument({ DocumentId: documentId })).rejects.toThrow(EntityNotExistsException);
    await control.unend();
    await control.throttle(1);
    await expect(client.getDocument({ DocumentId: documentId })).rejects.toThrow('Rate exceeded');
    expect(await control.counts()).toEqual({ DescribeUsers: 1, GetDocument: 2 });
    await expect(control.rename('nothing', 'b')).rejects.toThrow('there is no resource nothing');
    expect(await control.defects()).toEqual([]);
  });

  async function upload(documentId: string | undefined, body: string): Promise<string | undefined> {
    const { Metadata, UploadMetadata } = await client.initiateDocumentVersionUpload({
      Id: documentId,
      Name: 'x',
    });
    const VersionId = Metadata?.LatestVersionMetadata?.Id;
    await fetch(UploadMetadata?.UploadUrl ?? '', {
      method: 'PUT',
      body,
      headers: UploadMetadata?.SignedHeaders ?? {},
    });
    await client.updateDocumentVersion({ DocumentId: documentId, VersionId, VersionStatus: 'ACTIVE' });
    return VersionId;
  }
});
