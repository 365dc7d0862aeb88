import { parseArgs } from 'node:util';
import { startWorkDocsServer } from './server.ts';

/** Runs the server as a process of its own: prints where it listens, as JSON, and runs until it is stopped. */
const { values } = parseArgs({ options: { port: { type: 'string' }, organization: { type: 'string' } } });
const { url, site } = await startWorkDocsServer({
  port: Number(values.port ?? 0),
  ...(values.organization === undefined ? {} : { organizationId: values.organization }),
});
console.log(JSON.stringify({ url, organizationId: site.model.organizationId }));
