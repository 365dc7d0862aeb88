import { MemorySite } from '../../../testing/memory/memory-site.ts';
import type { SiteTestWorld } from '../suites/site-world.ts';

export async function memorySiteWorld(): Promise<SiteTestWorld> {
  let now = Date.UTC(2024, 4, 1);
  const site = new MemorySite({ clock: () => now });
  const advance = (ms: number) => {
    now += ms;
  };
  return { site, behind: site, advance, close: async () => {} };
}
