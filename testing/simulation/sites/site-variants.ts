import type { Variant } from '../variant.ts';

/** What reads sites, with one thing broken on purpose: histories of sites must find it. */
export const SITE_VARIANTS: readonly Variant[] = [
  {
    name: 'the cursor moves before what was found is queued',
    rare: true,
    edits: [
      {
        file: 'kinds/workdocs/poll/poll.ts',
        find: '  await queueAll(source, window, newest, world);\n  await finish(source, window.until, world);',
        replace:
          '  await finish(source, window.until, world);\n  await queueAll(source, window, newest, world);',
      },
    ],
  },
  {
    name: 'polls do not overlap',
    edits: [
      { file: 'kinds/workdocs/poll/poll.ts', find: 'OVERLAP_MS = 30 * 60 * 1000', replace: 'OVERLAP_MS = 0' },
    ],
  },
  {
    name: 'the first event of a thing wins',
    edits: [
      { file: 'kinds/workdocs/poll/poll.ts', find: '(known.at ?? 0) < at', replace: '(known.at ?? 0) > at' },
    ],
  },
  {
    name: 'a listing that lacks a document is believed',
    seed: 2,
    edits: [
      {
        file: 'kinds/workdocs/capture/capture-document.ts',
        find: 'const document = await askById(() => context.site.document(id), context);',
        replace: `const document = context.crawled && !context.listed
    ? undefined
    : await askById(() => context.site.document(id), context);`,
      },
    ],
  },
  {
    name: 'signatures are not compared',
    seed: 3,
    edits: [
      {
        file: 'kinds/workdocs/capture/keep-version.ts',
        find: 'digests: digestsOf(facts.signature)',
        replace: 'digests: undefined',
      },
    ],
  },
  {
    name: 'large versions are not compared',
    edits: [
      {
        file: 'kinds/workdocs/capture/bring-large-version.ts',
        find: 'if (found !== digestOf(this.#version.signature)?.hex) throw',
        replace: "if (found === 'never') throw",
      },
    ],
  },
  {
    name: 'what is in a recycled folder is not looked at',
    rare: true,
    edits: [
      {
        file: 'kinds/workdocs/capture/capture-folder.ts',
        find: 'return changed || (again && entry !== undefined);',
        replace: 'return entry === undefined && changed && again;',
      },
    ],
  },
  {
    name: 'hidden bytes are taken for kept',
    edits: [
      {
        file: 'kinds/workdocs/capture/capture-document.ts',
        find: "const doubt = again || isUnreadable || seen.entry?.state === 'deleted';",
        replace: 'const doubt = again && seen.entry === undefined;',
      },
    ],
  },
  {
    name: 'what failed comes again as if nobody had tried it',
    rare: true,
    edits: [
      {
        file: 'kinds/workdocs/capture-documents.ts',
        find: "...restOf(batch, tried, 'again', true),",
        replace: "...restOf(batch, tried, 'again', false),",
      },
      {
        file: 'kinds/workdocs/capture/mark-gone.ts',
        find: "if (top === undefined && (entry === undefined || entry.state === 'unprotected')) return 'lost-race';",
        replace: '',
      },
    ],
  },
  {
    name: 'a crawl that lists a document has looked at it',
    rare: true,
    edits: [
      {
        file: 'testing/memory/memory-catalog.ts',
        find: 'record(EntrySchema, { ...entry, listedAt, rev: entry.rev + 1 })',
        replace: 'record(EntrySchema, { ...entry, listedAt, rev: entry.rev + 1, lookedAt: listedAt })',
      },
    ],
  },
  {
    name: 'a crawl has no suspects',
    seed: 2,
    edits: [
      {
        file: 'kinds/workdocs/crawl/crawl-suspects.ts',
        find: "if (isSuspect(entry, run.job)) add('gone');",
        replace: '',
      },
    ],
  },
  {
    name: 'records that differ from the catalog are left',
    seed: 2,
    edits: [
      {
        file: 'kinds/workdocs/history/record-pairs.ts',
        find: 'return record?.etag !== entry.vaultEtag ||',
        replace: 'return record?.etag === null ||',
      },
    ],
  },
  {
    name: 'a record on top of what the catalog calls deleted is left',
    rare: true,
    edits: [
      {
        file: 'kinds/workdocs/history/record-pairs.ts',
        find: "if (entry === undefined || entry.state === 'deleted') return record !== undefined;",
        replace: "if (entry === undefined || entry.state === 'deleted') return false;",
      },
    ],
  },
  {
    name: 'hidden bytes of a site are left',
    edits: [
      {
        file: 'kinds/workdocs/history/record-pairs.ts',
        find: '|| (bytes?.size ?? 0) < bytesNamed(entry)',
        replace: '',
      },
    ],
  },
  {
    name: 'a hidden record of a user is left',
    rare: true,
    edits: [
      {
        file: 'kinds/workdocs/capture/capture-item.ts',
        find: 'record !== undefined && seen.top !== undefined && !isAsRecorded(seen)',
        replace: 'record !== undefined && seen.top !== undefined && !isAsRecorded(seen) && false',
      },
    ],
  },
  {
    name: 'what is counted is not sent again',
    seed: 2,
    edits: [
      {
        file: 'jobs/counted-step.ts',
        find: '  await sendEach(counted.continuations, queueOf, world);\n  return true;',
        replace: '  return true;',
      },
    ],
  },
];
