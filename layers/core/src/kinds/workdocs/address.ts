import type { Address } from '../../model/address.ts';
import { sitePrefix } from './model/site-key.ts';
import { isWithin } from './model/site-path.ts';
import { parseSiteUri, siteOf, siteUri } from './model/site-uri.ts';

/** `workdocs://site[/user/folder]`. */
export const workDocsAddress: Address = {
  scheme: 'workdocs://',
  form: 'workdocs://site[/user/folder]',
  uriNoun: 'one of a WorkDocs site',
  container: 'site',
  containers: 'WorkDocs sites',
  restoreOptions: ['allVersions', 'sidecars'],
  planQueue: 'siteRestore',
  parse: (text) => {
    const { site, path } = parseSiteUri(text);
    return { source: siteUri(site), prefix: path };
  },
  stackLabel: (source) => ({ label: `workdocs-${siteOf(source)}`, unique: source }),
  vaultPrefixes: (source) => [sitePrefix(siteOf(source))],
  isUnder: isWithin,
  // A path is that of a folder, whether it ends in a slash or not.
  keysUnder: (prefix) => `${prefix}/`,
  refusal: ({ versionId, allVersions, sidecars, exact }, into) => {
    if (versionId !== undefined && (allVersions || sidecars))
      return '"versionId" names one version: it cannot go with "allVersions" or "sidecars"';
    return exact && into === 'bucket' ? '"exact" is not for a WorkDocs site into a bucket' : undefined;
  },
};
