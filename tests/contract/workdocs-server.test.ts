import { describeSite } from './suites/site.ts';
import { serverSiteWorld } from './support/server-site-world.ts';

// The project's own server is fast and needs nothing: it is no local cloud.
describeSite('WorkDocs SDK over HTTP', serverSiteWorld);
