import { describe } from 'vitest';
import { describeSiteBytes } from './site-bytes.ts';
import { describeSiteReading } from './site-reading.ts';
import { describeSiteRefusals } from './site-refusals.ts';
import type { SiteTestWorld } from './site-world.ts';
import { describeSiteWriting } from './site-writing.ts';

export function describeSite(name: string, makeWorld: () => Promise<SiteTestWorld>): void {
  describe(`Site: ${name}`, () => {
    describeSiteReading(makeWorld);
    describeSiteBytes(makeWorld);
    describeSiteRefusals(makeWorld);
    describeSiteWriting(makeWorld);
  });
}
