import { WorkDocsClient } from '@aws-sdk/client-workdocs';
import { WorkDocsSite } from '@holdfast/core/kinds/workdocs/aws/workdocs-site.ts';
import { expect } from 'vitest';
import { startWorkDocsServer } from '../../../testing/workdocs-server/server.ts';
import type { SiteTestWorld } from '../suites/site-world.ts';

/** The real SDK client, over HTTP, to the project's own WorkDocs server. */
export async function serverSiteWorld(): Promise<SiteTestWorld> {
  const server = await startWorkDocsServer({ clock: () => Date.UTC(2024, 4, 1) });
  const client = new WorkDocsClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  const close = async () => {
    client.destroy();
    await server.close();
    expect(server.defects).toEqual([]);
  };
  return {
    site: new WorkDocsSite(client, server.site.model.organizationId),
    behind: server.site,
    advance: server.advance,
    close,
  };
}
