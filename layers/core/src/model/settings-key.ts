import { sourceUri } from './source-uri.ts';

/** All sources' settings in the vault begin so. */
export const SETTINGS_PREFIX = 'sources/s3/';

/** Where the vault keeps a bucket's settings, so that a lost catalog can be rebuilt from the vault alone (I1). */
export function settingsKey(bucket: string): string {
  return `${SETTINGS_PREFIX}${bucket}.json`;
}

/** The source whose settings a vault key holds. */
export function sourceOfSettingsKey(key: string): string {
  return sourceUri(key.slice(SETTINGS_PREFIX.length, -'.json'.length));
}
