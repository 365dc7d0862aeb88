import { bucketOf } from './source-uri.ts';
import { longVaultPrefix, vaultPrefix } from './vault-key.ts';
import { sitePrefix } from './workdocs/site-key.ts';
import { isSiteUri, siteOf } from './workdocs/site-uri.ts';

/** What the vault keys of a source begin with. */
export function vaultPrefixes(source: string): string[] {
  if (isSiteUri(source)) return [sitePrefix(siteOf(source))];
  const bucket = bucketOf(source);
  return [vaultPrefix(bucket), longVaultPrefix(bucket)];
}
