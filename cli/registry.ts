import type { CommandModule } from './command.ts';

type Registered = { readonly summary: string; readonly load: () => Promise<CommandModule> };

/** All commands, in the order of --help. Each is loaded only when it is called for. */
export const COMMANDS: Readonly<Record<string, Registered>> = {
  cost: {
    summary: 'what backing up a bucket would cost, and how long it would take',
    load: () => import('./commands/cost.ts'),
  },
  protect: {
    summary: 'back up a bucket or a WorkDocs site from now on',
    load: () => import('./commands/protect.ts'),
  },
  unprotect: {
    summary: 'stop backing up a source; what is in the vault stays',
    load: () => import('./commands/unprotect.ts'),
  },
  sources: { summary: 'what is protected, and how it stands', load: () => import('./commands/sources.ts') },
  status: {
    summary: 'lag, queues, failures, and what could not be captured',
    load: () => import('./commands/status.ts'),
  },
  reconcile: {
    summary: 'compare a source with its backup now',
    load: () => import('./commands/reconcile.ts'),
  },
  import: {
    summary: 'read an export of WorkDocs in S3 into the vault',
    load: () => import('./kinds/workdocs/import/command.ts'),
  },
  ls: { summary: 'what the vault holds, now or at a moment', load: () => import('./commands/ls.ts') },
  find: { summary: 'objects in the vault by a glob', load: () => import('./commands/find.ts') },
  cat: { summary: "one object's bytes, as of any moment", load: () => import('./commands/cat.ts') },
  diff: { summary: 'what changed between two moments', load: () => import('./commands/diff.ts') },
  history: {
    summary: 'how much changed when: when did it go wrong?',
    load: () => import('./commands/history.ts'),
  },
  versions: { summary: 'the history of one object', load: () => import('./commands/versions.ts') },
  restore: { summary: 'bring objects back, as of any moment', load: () => import('./commands/restore.ts') },
  jobs: { summary: 'restores and reconciles, newest first', load: () => import('./commands/jobs.ts') },
  job: { summary: 'one restore or reconcile, and its report', load: () => import('./commands/job.ts') },
  approve: { summary: 'let a held mass deletion through', load: () => import('./commands/approve.ts') },
  failures: {
    summary: 'what was given up after its retries; send it again',
    load: () => import('./commands/failures.ts'),
  },
  verify: {
    summary: 'prove the vault against recorded checksums',
    load: () => import('./commands/verify.ts'),
  },
  reindex: { summary: 'rebuild the catalog from the vault', load: () => import('./commands/reindex.ts') },
};
