import { siteLookup } from '@holdfast/core/kinds/workdocs/aws/site-lookup.ts';
import { writableSite } from '@holdfast/core/kinds/workdocs/aws/workdocs-site.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startWorkDocsServer, type WorkDocsServer } from '../../../testing/workdocs-server/server.ts';

const ROLE = 'arn:aws:iam::210987654321:role/reads-workdocs';

describe('the way to a site', () => {
  let server: WorkDocsServer;
  beforeEach(async () => {
    server = await startWorkDocsServer();
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    vi.stubEnv('AWS_ENDPOINT_URL_WORKDOCS', server.url);
    vi.stubEnv('AWS_ENDPOINT_URL_STS', server.url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', undefined);
    vi.stubEnv('AWS_REGION', 'eu-north-1');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });
  const source = 'workdocs://d-9067e0513b';

  it("is the environment's, and made once for each source, region and role", async () => {
    const lookup = siteLookup();
    server.site.model.createUser('anna');
    expect((await lookup({ source }).users({})).items).toMatchObject([{ username: 'anna' }]);
    expect(lookup({ source })).toBe(lookup({ source }));
    expect(lookup({ source, site: { region: 'us-west-2' } })).not.toBe(lookup({ source }));
    expect(lookup({ source, site: { roleArn: ROLE } })).not.toBe(lookup({ source }));
  });

  it('is signed for the region of the site', async () => {
    const lookup = siteLookup();
    await lookup({ source, site: { region: 'us-west-2' } }).users({});
    await lookup({ source }).users({});
    expect(server.regions).toEqual(['us-west-2', 'eu-north-1']);
  });

  it('goes by the role of the site, which is assumed once', async () => {
    const { model } = server.site;
    const { rootFolderId } = model.createUser('anna');
    const ref = model.upload({ parentId: rootFolderId }, 'a', { name: 'a' });
    const site = siteLookup()({ source, site: { roleArn: ROLE } });
    await site.version(ref.documentId, ref.versionId);
    await site.version(ref.documentId, ref.versionId);
    expect(server.site.model.log.seen(Date.now())[0]?.by).toBe(ROLE);
    expect(server.counts.get('AssumeRole')).toBe(1);
  });

  it('is refused as access when the role may not be assumed', async () => {
    server.roles.add('arn:aws:iam::210987654321:role/another');
    const request = siteLookup()({ source, site: { roleArn: ROLE } }).users({});
    await expect(request).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringMatching(/reads-workdocs cannot be assumed: AccessDenied: not authorized/),
    });
  });

  it('is unavailable when nobody can be asked for the role', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:1');
    const request = siteLookup()({ source, site: { roleArn: ROLE } }).users({});
    await expect(request).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is unavailable when nobody answers', async () => {
    const request = siteLookup({ endpoint: 'http://127.0.0.1:1', limits: { attempts: 1 } })({ source }).users(
      {},
    );
    await expect(request).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('leads to no other organization', async () => {
    const request = siteLookup()({ source: 'workdocs://d-1111111111' }).users({});
    await expect(request).rejects.toMatchObject({ code: 'access-denied' });
  });

  it('is never unencrypted to another machine', () => {
    vi.stubEnv('AWS_ENDPOINT_URL_WORKDOCS', 'http://workdocs.example.com');
    expect(() => siteLookup()({ source })).toThrow('is not encrypted');
    expect(() => writableSite({ source })).toThrow('is not encrypted');
  });

  it('tries again what was throttled', async () => {
    server.site.model.createUser('anna');
    server.site.throttle(2);
    expect((await writableSite({ source }).users({})).items).toHaveLength(1);
  });
});
