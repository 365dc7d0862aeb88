import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WorkDocsClient } from '@aws-sdk/client-workdocs';
import { download } from '@holdfast/core/kinds/workdocs/aws/signed-download.ts';
import { upload } from '@holdfast/core/kinds/workdocs/aws/signed-upload.ts';
import { WorkDocsSite } from '@holdfast/core/kinds/workdocs/aws/workdocs-site.ts';
import type { SiteErrorCode } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { afterEach, describe, expect, it } from 'vitest';

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<string> {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function siteThatAnswers(
  status: number,
  name: string | undefined,
  body: string,
): Promise<WorkDocsSite> {
  const endpoint = await serve((request, response) => {
    request.resume();
    response.writeHead(status, name === undefined ? {} : { 'x-amzn-ErrorType': name }).end(body);
  });
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  return new WorkDocsSite(
    new WorkDocsClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }),
    'd-9067e0513b',
  );
}

describe('what WorkDocs refuses with', () => {
  it.each<[status: number, name: string | undefined, code: SiteErrorCode]>([
    [404, 'EntityNotExistsException', 'not-found'],
    [404, 'UnauthorizedResourceAccessException', 'access-denied'],
    [403, 'UnauthorizedOperationException', 'access-denied'],
    [403, 'AccessDeniedException', 'access-denied'],
    [403, 'UnrecognizedClientException', 'access-denied'],
    [400, 'ThrottlingException', 'throttled'],
    [429, 'TooManyRequestsException', 'throttled'],
    [429, undefined, 'throttled'],
    [409, 'LimitExceededException', 'throttled'],
    [409, 'ConcurrentModificationException', 'conflict'],
    [409, 'ConflictingOperationException', 'conflict'],
    [409, 'ProhibitedStateException', 'conflict'],
    [424, 'FailedDependencyException', 'unavailable'],
    [503, 'ServiceUnavailableException', 'unavailable'],
    [500, undefined, 'unavailable'],
    [400, 'InvalidArgumentException', 'invalid'],
    [413, 'RequestedEntityTooLargeException', 'invalid'],
    // Of a proxy, or of an endpoint that is not WorkDocs': no evidence that something is gone.
    [404, undefined, 'unavailable'],
    [404, 'NotFoundOfSomebody', 'unavailable'],
  ])('%s %s is %s', async (status, name, code) => {
    const site = await siteThatAnswers(status, name, '{"Message":"no"}');
    await expect(site.document('a')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^document a: /),
    });
  });

  it('is a full folder where something is made', async () => {
    const site = await siteThatAnswers(409, 'LimitExceededException', '{}');
    await expect(site.createFolder('f', 'a')).rejects.toMatchObject({ code: 'invalid', remedy: 'user' });
    const upload = { place: { parentId: 'f' }, name: 'a', size: 1 };
    await expect(site.beginUpload(upload)).rejects.toThrow('100,000 things');
  });
});

describe('what WorkDocs answers', () => {
  it('is read with the resource type in either case, and without what it leaves out', async () => {
    const activities = [
      { Type: 'FOLDER_MOVED', TimeStamp: 1.5, ResourceMetadata: { Id: 'f', Type: 'FOLDER' } },
      { Type: 'DOCUMENT_MOVED', TimeStamp: 2, ResourceMetadata: { Id: 'd', Type: 'document' } },
      { Type: 'FOLDER_RENAMED', TimeStamp: 3, ResourceMetadata: { Id: 'g' } },
      { Type: 'DOCUMENT_RENAMED', TimeStamp: 4 },
    ];
    const site = await siteThatAnswers(
      200,
      undefined,
      JSON.stringify({ UserActivities: activities, Marker: '' }),
    );
    expect(await site.activities({ since: 0, until: 1, types: ['A'] })).toEqual({
      items: [
        { type: 'FOLDER_MOVED', at: 1_500, item: { kind: 'folder', id: 'f' } },
        { type: 'DOCUMENT_MOVED', at: 2_000, item: { kind: 'document', id: 'd' } },
        { type: 'FOLDER_RENAMED', at: 3_000, item: { kind: 'folder', id: 'g' } },
        { type: 'DOCUMENT_RENAMED', at: 4_000 },
      ],
    });
  });

  it('is none when a part that is needed is not there', async () => {
    const site = await siteThatAnswers(200, undefined, '{}');
    await expect(site.document('a')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await site.users({})).toEqual({ items: [] });
  });
});

describe('a signed URL', () => {
  it('is not used unencrypted to another machine', async () => {
    await expect(download('http://example.com/a?X-Amz-Signature=secret', {})).rejects.toMatchObject({
      code: 'invalid',
      message: 'WorkDocs gave a URL of example.com that is not encrypted: it is not used',
    });
  });

  it.each([
    [302, 'unavailable'],
    [206, 'unavailable'],
    [403, 'expired-url'],
    [404, 'not-found'],
    [503, 'throttled'],
  ])('that answers %s is %s', async (status, code) => {
    const url = await serve((_, response) => response.writeHead(status, { Location: '/b' }).end());
    await expect(download(`${url}/a?X-Amz-Signature=secret`, {})).rejects.toMatchObject({ code });
  });

  it('that ignores a range is not taken for the part', async () => {
    const url = await serve((_, response) => response.end('whole'));
    await expect(download(url, { range: { first: 1 } })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that falls silent is left', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('half');
    });
    const { body } = await download(url, {}, 20);
    await expect(Array.fromAsync(body)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that is refused while bytes are sent says why', async () => {
    const url = await serve((_, response) => {
      response.writeHead(403, { Connection: 'close' }).end();
      response.socket?.destroySoon();
    });
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let n = 0; n < 500; n += 1) yield Buffer.alloc(100_000);
    }
    const sending = upload({ url, headers: {} }, endless(), 50_000_000);
    await expect(sending).rejects.toMatchObject({ code: expect.stringMatching(/expired-url|unavailable/) });
  });

  it('gets exactly the headers that it was signed with', async () => {
    let headers: unknown;
    const url = await serve((request, response) => {
      headers = request.headers;
      request.resume().on('end', () => response.end());
    });
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('abc');
    }
    await upload({ url, headers: { 'Content-Type': 'text/plain', 'x-amz-a': 'b' } }, body(), 3);
    expect(headers).toEqual({
      'content-type': 'text/plain',
      'x-amz-a': 'b',
      'content-length': '3',
      connection: expect.anything(),
      host: expect.anything(),
    });
  });
});
