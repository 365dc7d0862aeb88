import { defined } from '../model/defined.ts';
import type { VaultReader } from '../ports/world.ts';

/** The names that follow a prefix in the vault, found by leaps: after a name's first key, on to what comes after all. */
export async function* namesUnder(prefix: string, { store, settings }: VaultReader): AsyncGenerator<string> {
  let marker: { key: string } | undefined;
  for (;;) {
    const page = await store.listVersions({
      bucket: settings.vault,
      prefix,
      limit: 1,
      ...defined({ marker }),
    });
    const [, name] = page.versions[0]?.key.split('/') ?? [];
    if (name === undefined) return;
    yield name;
    // `0` is the character after `/`: beyond every key of this name, before every other's.
    marker = { key: `${prefix}${name}0` };
  }
}
