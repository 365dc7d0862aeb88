import { InvalidInputError } from '../../../model/errors.ts';

/** A WorkDocs site and, behind it, the beginning of a path: `user/folder/…`; empty for the whole site. */
export type SiteUri = { readonly site: string; readonly path: string };

/**
 * A site's name: an organization's id (`d-` and ten letters or digits), or a name that an import was given. Lower case,
 * so that it can stand in a vault key, a stack's name and a URI alike.
 */
const SITE_NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const SCHEME = 'workdocs://';

/** True when a source or an argument names a WorkDocs site. */
export function isSiteUri(text: string): boolean {
  return text.startsWith(SCHEME);
}

/**
 * Reads `workdocs://d-1234567890[/user[/folder…]]`. The path is taken as it stands.
 *
 * @throws {InvalidInputError} when it is no such URI, or names no possible site
 */
export function parseSiteUri(text: string): SiteUri {
  const match = /^workdocs:\/\/([^/]*)(?:\/([\s\S]*))?$/.exec(text);
  if (match === null) {
    throw new InvalidInputError(
      `"${text}" is not a WorkDocs URI; write it as workdocs://d-1234567890 or workdocs://d-1234567890/user/folder`,
    );
  }
  const site = match[1] ?? '';
  if (!SITE_NAME.test(site)) {
    throw new InvalidInputError(
      `"${site}" in "${text}" cannot be a site: an organization's id like d-1234567890, or the 3 to 63 lower-case ` +
        'letters, digits and hyphens that an import was named by',
    );
  }
  return { site, path: match[2] ?? '' };
}

/** The catalog's name for a site: `workdocs://d-1234567890`. */
export function siteUri(site: string): string {
  return `${SCHEME}${site}`;
}

/** The site of a source URI that the catalog or a message holds. */
export function siteOf(source: string): string {
  return parseSiteUri(source).site;
}
