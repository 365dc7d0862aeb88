import { SITE_VARIANTS } from './sites/site-variants.ts';
import type { Variant } from './variant.ts';

const BUCKET_VARIANTS: readonly Variant[] = [
  {
    name: 'an hourly check that sends nothing of what it finds',
    weights: 'quiet',
    edits: [
      {
        file: 'kinds/s3/pulse/pulse.ts',
        find: "await queue.send('backlog', bodies);",
        replace: 'void [queue, bodies];',
      },
    ],
  },
  {
    name: 'an hourly check that takes for gone what a page lacks',
    rare: true,
    weights: 'quiet',
    edits: [
      {
        file: 'kinds/s3/pulse/look-at-places.ts',
        find: "const finding = covers(key) ? classify(pair, false) : 'nothing';",
        replace: `const finding = covers(key) ? classify(pair, false) : 'nothing';
    if (object === undefined && entry !== undefined)
      await world.catalog.putEntry({ ...entry, state: 'deleted', rev: entry.rev + 1 }, entry.rev);`,
      },
    ],
  },
  {
    name: 'record before copy',
    edits: [
      {
        file: 'kinds/s3/capture/capture.ts',
        find: 'recordCopy(attempt, facts, await copyIntoVault(attempt, facts, world), world),',
        replace: `{
      const early = await recordCopy(attempt, facts, { etag: facts.etag }, world);
      if (early === 'lost-race') return early;
      const written = await copyIntoVault(attempt, facts, world);
      return recordCopy({ ...attempt, prior: early.after }, facts, written, world);
    },`,
      },
    ],
  },
  {
    name: 'no second capture after a lost condition',
    edits: [
      {
        file: 'kinds/s3/capture/capture.ts',
        find: "if (outcome !== 'lost-race') return withAcl(outcome, change, options, world);",
        replace:
          "return outcome === 'lost-race' ? { kind: 'unchanged', before: prior, after: prior } : outcome;",
      },
    ],
  },
  {
    name: 'trust a listing that lacks an object',
    edits: [
      {
        file: 'kinds/s3/capture/capture.ts',
        find: 'const seen = await observe(change.bucket, change.key, world);',
        replace: `const seen = change.kind === 'missing' ? { what: 'absent' as const } : await observe(change.bucket, change.key, world);`,
      },
    ],
  },
  {
    name: 'trust a deletion event',
    seed: 2,
    edits: [
      {
        file: 'kinds/s3/capture/capture.ts',
        find: 'const seen = await observe(change.bucket, change.key, world);',
        replace: `const seen = change.kind === 'deleted' ? { what: 'absent' as const } : await observe(change.bucket, change.key, world);`,
      },
    ],
  },
  {
    name: 'take a missing bucket for a deletion',
    seed: 4,
    edits: [
      {
        file: 'kinds/s3/capture/observe.ts',
        find: "if (state === 'exists') return { what: 'absent' };",
        replace: "if (state !== 'access-denied') return { what: 'absent' };",
      },
    ],
  },
  {
    name: 'take access denied for a deletion',
    seed: 2,
    edits: [
      {
        file: 'kinds/s3/capture/observe.ts',
        find: "if (head.why !== 'absent') return { what: 'unreadable', reason: head.why };",
        replace: "if (head.why === 'customer-key') return { what: 'unreadable', reason: head.why };",
      },
    ],
  },
  {
    name: 'compare keys as UTF-16',
    edits: [
      {
        file: 'model/byte-order.ts',
        find: 'return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));',
        replace: 'return left < right ? -1 : left > right ? 1 : 0;',
      },
    ],
  },
  {
    name: 'drop equal sequencers',
    edits: [
      {
        file: 'kinds/s3/capture/is-covered.ts',
        find: "if (order !== 'same') return order === 'older';",
        replace: "if (order !== 'same' || change.kind) return order === 'older' || order === 'same';",
      },
    ],
  },
  {
    name: 'drop newer sequencers',
    seed: 2,
    edits: [
      {
        file: 'kinds/s3/capture/is-covered.ts',
        find: "if (order !== 'same') return order === 'older';",
        replace: "if (order !== 'same') return true;",
      },
    ],
  },
  {
    name: 'copy without a condition',
    rare: true,
    edits: [
      {
        file: 'kinds/s3/capture/copy-into-vault.ts',
        find: '    condition,\n    ...defined({ tags, websiteRedirect',
        replace: '    ...defined({ tags, websiteRedirect',
      },
    ],
  },
  {
    name: 'record without the revision',
    edits: [
      {
        file: 'testing/memory/memory-catalog.ts',
        find: 'if (rows.get(entry.key)?.rev !== expectedRev) return false;',
        replace: '',
      },
    ],
  },
  {
    name: 'mark a deletion on whatever is on top',
    rare: true,
    edits: [
      {
        file: 'vault/mark-deleted.ts',
        find: '...defined({ ifMatch: etag })',
        replace: '',
      },
    ],
  },
  {
    name: 'a deletion of what is not in the vault is not recorded',
    weights: 'rare',
    rare: true,
    edits: [
      {
        file: 'kinds/s3/capture/record-deletion.ts',
        find: "if (prior === undefined) return change.kind !== 'created' && change.kind !== 'deleted';",
        replace: "if (prior === undefined) return change.kind !== 'created';",
      },
      {
        file: 'kinds/s3/capture/record-deletion.ts',
        find: "(change.kind !== 'deleted' || isRecorded(change, prior))",
        replace: 'true',
      },
    ],
  },
  {
    name: 'what has come back is not recorded once more',
    weights: 'rare',
    rare: true,
    edits: [
      {
        file: 'kinds/s3/capture/record.ts',
        find: 'prior === undefined || tried.after !== prior) return tried;',
        replace: 'prior !== null) return tried;',
      },
    ],
  },
  {
    name: 'tags of a deletion in place of the own ones',
    edits: [
      {
        file: 'vault/mark-deleted.ts',
        find: 'withDeletionTags(await store.getTags(ref), deletedAt)',
        replace: 'withDeletionTags({}, deletedAt)',
      },
    ],
  },
  {
    name: 'no delete marker',
    edits: [
      {
        file: 'vault/mark-deleted.ts',
        find: 'await store.hide({',
        replace: 'if (Date.now() < 0) await store.hide({',
      },
    ],
  },
  {
    name: 'trust the entry, whatever comes again or anew',
    rare: true,
    edits: [
      {
        file: 'kinds/s3/capture/is-covered.ts',
        find: 'top === undefined && !isSurprising(change, prior)',
        replace: 'top === undefined',
      },
      {
        file: 'kinds/s3/capture/capture-events.ts',
        find: '{ recheck: receiveCount > 1, acls }',
        replace: '{ recheck: false, acls }',
      },
    ],
  },
  {
    name: 'finish any upload, of any state, wherever it ends',
    edits: [
      {
        file: 'kinds/s3/capture/continue-large-copy.ts',
        find: 'if (!head.found || !isBegunState(message, head.object)) return undefined;',
        replace: 'if (!head.found) return undefined;',
      },
      {
        file: 'kinds/s3/capture/continue-large-copy.ts',
        find: 'if (!isVersion(top, written.versionId)) return undefined;',
        replace: '',
      },
      {
        file: 'kinds/s3/capture/continue-large-copy.ts',
        find: 'if (prior?.uploadId !== upload.uploadId) return undefined;',
        replace: '',
      },
    ],
  },
  {
    name: 'finish an upload of a state that is past',
    edits: [
      {
        file: 'kinds/s3/capture/continue-large-copy.ts',
        find: 'if (!head.found || !isBegunState(message, head.object)) return undefined;',
        replace: 'if (!head.found) return undefined;',
      },
    ],
  },
  {
    name: 'what the vault has beside the catalog is left',
    seed: 6,
    edits: [
      {
        file: 'kinds/s3/reconcile/vault-copies.ts',
        find: "if (entry?.state === 'unprotected') return false;",
        replace: 'return false;',
      },
    ],
  },
  {
    name: 'copies of long keys are left',
    seed: 23,
    edits: [
      {
        file: 'kinds/s3/reconcile/vault-copies.ts',
        find: 'return copy === undefined ? pair : { ...pair, copy: { ...copy, key: pair.key } };',
        replace:
          'return { ...pair, copy: { ...(copy ?? page.objects[0]), key: pair.key, etag: pair.entry?.vaultEtag } as never };',
      },
    ],
  },
  {
    name: 'what is in doubt is looked at as if it were not',
    seed: 6,
    edits: [
      {
        file: 'kinds/s3/capture/capture-backlog.ts',
        find: 'const recheck = item.inDoubt === true || delivery.receiveCount > 1;',
        replace: 'const recheck = delivery.receiveCount > 1;',
      },
    ],
  },
  {
    name: 'send before counting',
    seed: 2,
    edits: [
      {
        file: 'kinds/s3/reconcile/reconcile.ts',
        find: '  return (await countThenSend(record, sending, world)) ?? false;',
        replace: '  await sending.send();\n  return false && countThenSend(record, sending, world);',
      },
    ],
  },
  {
    name: 'a step is not sent again',
    edits: [
      {
        file: 'kinds/s3/reconcile/reconcile.ts',
        find: ': await sendAgain(run, done, world);',
        replace: ': false;',
      },
    ],
  },
  {
    name: 'hide what cannot be captured',
    edits: [
      {
        file: 'kinds/s3/capture/record.ts',
        find: "    state: 'unprotected',\n    reason,",
        replace: "    state: 'current',",
      },
    ],
  },
  {
    name: 'a moment leaves out what was captured in its own second',
    edits: [
      {
        file: 'vault/vault-history.ts',
        find: 'version.lastModified > at ||',
        replace: 'version.lastModified >= at ||',
      },
    ],
  },
  {
    name: 'a moment does not see deletions',
    edits: [
      {
        file: 'vault/vault-history.ts',
        find: '  if (version.deleteMarker) return { vaultKey, deleted: { at: version.lastModified } };',
        replace: '  if (version.deleteMarker) return state;',
      },
    ],
  },
  {
    name: 'a restore overwrites what it was not told to',
    edits: [
      {
        file: 'restore/restore-object.ts',
        find: 'if (!mayReplace) return found;',
        replace: '',
      },
    ],
  },
  {
    name: 'a restore copies what is right already',
    edits: [
      {
        file: 'restore/restore-object.ts',
        find: 'if (acl.isRight || !mayReplace)',
        replace: 'if (!acl.isRight)',
      },
      {
        file: 'restore/restore-object.ts',
        find: 'if (!mayReplace) return found;',
        replace: "if (found.kind !== 'right' && !mayReplace) return found;",
      },
    ],
  },
  {
    name: 'a copy forgets the class of its object',
    edits: [
      {
        file: 'kinds/s3/capture/copy-into-vault.ts',
        find: '...defined({ tags, websiteRedirect: facts.websiteRedirect })',
        replace: '...defined({ websiteRedirect: facts.websiteRedirect })',
      },
    ],
  },
  {
    name: 'a restore takes the marks of a deletion along',
    edits: [
      {
        file: 'restore/restore-object.ts',
        find: 'const { carried, own: tags } = await tagsFor(task, request, world);',
        replace: `const { carried, own } = await tagsFor(task, request, world);
  const tags = { ...carried, ...own };`,
      },
    ],
  },
  {
    name: 'rebuild the catalog from what was first in the vault',
    edits: [
      {
        file: 'vault/vault-history.ts',
        find: 'if (version.lastModified > at || current !== undefined || deleted?.last !== undefined) return state;',
        replace: 'if (version.lastModified > at || deleted?.last !== undefined) return state;',
      },
    ],
  },
  {
    name: 'the event of a thaw lost, and no sweep',
    edits: [
      {
        file: 'restore/sweep-thaws.ts',
        find: 'if (jobId === undefined) return sweepJobs(world);',
        replace: 'if (jobId === undefined) return;',
      },
    ],
  },
  {
    name: 'what has to be thawed is not waited for',
    edits: [
      {
        file: 'restore/restore-batch.ts',
        find: 'batchesQueued: items.length',
        replace: 'batchesQueued: 0',
      },
    ],
  },
  {
    name: 'what asks for thaws is not sent again',
    rare: true,
    edits: [
      {
        file: 'restore/restore-batch.ts',
        find: '{ send, replay: sendOn }',
        replace: '{ send, replay: async () => {} }',
      },
    ],
  },
  {
    name: 'the event of a thaw is believed',
    edits: [
      {
        file: 'restore/restore-object.ts',
        find: "if (copy.archived) return { kind: 'archived', archive: copy.archive ?? 'GLACIER' };",
        replace: '',
      },
    ],
  },
  {
    name: 'a thaw for what is right already',
    edits: [
      {
        file: 'restore/restore-object.ts',
        find: 'const found = await compare(task, tags, target.object, request, world);',
        replace: `if (copy.archived) return { kind: 'archived', archive: 'GLACIER' };
    const found = await compare(task, tags, target.object, request, world);`,
      },
    ],
  },
  {
    name: 'nobody hears of taggings',
    seed: 2,
    edits: [
      {
        file: 'kinds/s3/model/s3-event.ts',
        find: "  'Object Tags Added': TAGGED,\n",
        replace: '',
      },
    ],
  },
  {
    name: 'nobody hears of ACLs',
    seed: 4,
    edits: [
      {
        file: 'kinds/s3/model/s3-event.ts',
        find: "  'Object ACL Updated': GRANTED,\n",
        replace: '',
      },
    ],
  },
  {
    name: 'an ACL that is the default one again is not remembered',
    edits: [
      {
        file: 'kinds/s3/capture/keep-acl.ts',
        find: "if (sameAcl(acl, before ?? 'default') && seen?.isCovered !== true) {",
        replace:
          "if (acl === 'default' || (sameAcl(acl, before ?? 'default') && seen?.isCovered !== true)) {",
      },
    ],
  },
  {
    name: 'taggings while a large copy is made are forgotten',
    rare: true,
    edits: [
      {
        file: 'kinds/s3/capture/continue-large-copy.ts',
        find: 'return (await keepTagsOfNow(message, { change, prior: recorded.after, top }, world)) ? recorded : undefined;',
        replace: 'return recorded;',
      },
    ],
  },
  {
    name: 'tags of whatever copy a record is about',
    edits: [
      {
        file: 'kinds/s3/records/record-beside.ts',
        find: 'if (record.vaultVersionId === versionId) return record;',
        replace: 'return record;',
      },
      {
        file: 'kinds/s3/records/record-beside.ts',
        find: 'if (version.lastModified < madeAt) break;',
        replace: '',
      },
    ],
  },
  {
    name: 'the tags of now, whatever the moment',
    seed: 2,
    edits: [
      {
        file: 'kinds/s3/records/record-beside.ts',
        find: 'if (version.lastModified > at) {',
        replace: 'if (version.lastModified > Number.POSITIVE_INFINITY) {',
      },
    ],
  },
  {
    name: 'a hidden record counts as none',
    edits: [
      {
        file: 'kinds/s3/records/record-beside.ts',
        find: 'if (version.deleteMarker) continue;',
        replace: 'if (version.deleteMarker) return undefined;',
      },
    ],
  },
];

export const VARIANTS: readonly Variant[] = [
  ...BUCKET_VARIANTS,
  ...SITE_VARIANTS.map((variant) => ({ ...variant, of: 'sites' as const })),
];
