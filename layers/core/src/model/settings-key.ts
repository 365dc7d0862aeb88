/** All sources' settings in the vault begin so. */
export const SETTINGS_PREFIX = 'sources/';

/**
 * Where the vault keeps a source's settings, so that a lost catalog can be rebuilt from the vault alone (I1):
 * `sources/s3/photos.json`, `sources/workdocs/d-1234567890.json`.
 *
 * @param source its URI, as the catalog has it
 */
export function settingsKey(source: string): string {
  return `${SETTINGS_PREFIX}${source.replace('://', '/')}.json`;
}

/** The source whose settings a vault key holds. */
export function sourceOfSettingsKey(key: string): string {
  return key.slice(SETTINGS_PREFIX.length, -'.json'.length).replace('/', '://');
}
