import type { SiteModel } from '../../testing/memory/site-model.ts';

const NOTES = 6;

/** What people of a small office have on their WorkDocs site: among it names that have broken backup tools. */
export function fillSampleSite(site: SiteModel) {
  const anna = site.createUser('anna', { givenName: 'Anna', surname: 'Ek' });
  const bob = site.createUser('bob', { givenName: 'Bob', surname: 'Lind' });
  const plans = site.createFolder(anna.rootFolderId, 'Plans');
  const budget = site.upload({ parentId: plans.id }, 'a budget of 100\n', { name: 'budget.txt' });
  site.upload({ documentId: budget.documentId }, 'a budget of 200\n');
  site.comment(budget, 'Is this enough?', { by: bob.id });
  site.share(plans.id, bob.id, 'CONTRIBUTOR');
  site.createFolder(plans.id, 'Empty');
  // WorkDocs takes all of these.
  const offers = site.createFolder(bob.rootFolderId, 'Offers / 2026');
  for (const name of ['123', '2022-01-01', '../../evil.txt', 'a: "b"?.txt', 'ünï 🦊.txt'])
    site.upload({ parentId: offers.id }, `the content of ${name}\n`, { name });
  site.upload({ parentId: offers.id }, 'the first of two\n', { name: 'same name.txt' });
  site.upload({ parentId: offers.id }, 'the second of two\n', { name: 'same name.txt' });
  const notes = site.createFolder(bob.rootFolderId, 'Notes');
  for (let n = 0; n < NOTES; n += 1)
    site.upload({ parentId: notes.id }, `note ${n}\n`, { name: `note ${n}.txt` });
  const film = site.upload({ parentId: bob.rootFolderId }, Buffer.alloc(12_000_000, 'film '), {
    name: 'film.bin',
  });
  return { anna, bob, plans, notes, budget, film };
}
