import { beforeAll, describe } from 'vitest';
import { describeAcls } from './object-store-acls.ts';
import { describeKeys } from './object-store-keys.ts';
import { describeListing } from './object-store-listing.ts';
import { describeMultipart } from './object-store-multipart.ts';
import { describeReading } from './object-store-reading.ts';
import { describeThawing } from './object-store-thawing.ts';
import { describeVersions } from './object-store-versions.ts';
import { ALL_ABILITIES, type StoreAbilities, type StoreWorld } from './object-store-world.ts';
import { describeWriting } from './object-store-writing.ts';

/** The contract of ObjectStore: whatever is bound to it behaves as the flows rely on. */
export function describeObjectStore(
  name: string,
  makeWorld: () => StoreWorld | Promise<StoreWorld>,
  abilities: Partial<StoreAbilities> = {},
): void {
  describe(`ObjectStore: ${name}`, () => {
    let world: StoreWorld;
    beforeAll(async () => {
      world = await makeWorld();
    });
    const suite = { world: () => world, can: { ...ALL_ABILITIES, ...abilities } };
    describe('keys', () => describeKeys(suite));
    describe('reading', () => describeReading(suite));
    describe('listing', () => describeListing(suite));
    describe('versions', () => describeVersions(suite));
    describe('writing', () => describeWriting(suite));
    describe('multipart', () => describeMultipart(suite));
    describe('ACLs', () => describeAcls(suite));
    describe('thawing', () => describeThawing(suite));
  });
}
