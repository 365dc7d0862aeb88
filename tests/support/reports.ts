import type { Report } from '@holdfast/core/model/report.ts';

const RESTORE: Report = {
  version: 1,
  kind: 'restore',
  jobId: 'restore-20260301-031200-1a2b3c4d',
  source: 's3://photos',
  state: 'done',
  trigger: 'message',
  askedBy: { name: 'arn:aws:sts::111122223333:assumed-role/on-call/anna', sender: 'AROAEXAMPLE:anna' },
  startedAt: '2026-03-01T03:12:00.000Z',
  finishedAt: '2026-03-01T03:47:21.000Z',
  durationSeconds: 2121,
  request: {
    bucket: 'photos',
    prefix: '2026/',
    at: Date.parse('2026-02-28T18:00:00Z'),
    target: { bucket: 'holdfast-restore-photos', prefix: 'back/' },
    include: ['**/*.jpg', '**/*.png'],
    exclude: [],
    overwrite: false,
  },
  counts: {
    planned: 48_212,
    plannedBytes: 310_002_442_211,
    restored: 47_990,
    restoredBytes: 309_100_000_000,
    right: 222,
    rightBytes: 902_442_211,
  },
  reasons: [],
  problems: [],
  furtherProblems: 0,
};

/** What keys, messages and names can hold that a page, a terminal or a reader could be hurt by. */
export const HOSTILE_TEXTS = [
  '<script>document.title = "ran"</script>',
  '</style><script>document.title = "ran"</script>',
  '"><img src=x onerror="document.title = \'ran\'">',
  "' onmouseover='document.title = 1' x='",
  '<svg onload=document.title="ran">',
  '<iframe srcdoc="<script>parent.document.title = 1</script>"></iframe>',
  '<meta http-equiv="refresh" content="0;url=https://example.invalid/">',
  '<link rel=stylesheet href=//example.invalid/a.css>',
  '<a href="javascript:document.title=1">click</a>',
  '<!-- --><base href="https://example.invalid/">',
  '&lt;b&gt;&amp;&#60;b&#62;',
  'invoice\u202egpj.exe',
  'a\u0000b\u0007c\u001b[31mred\r\nnext',
  'lone \ud800 surrogate \udc00',
  'zero\u200bwidth\ufeff\u2066isolate\u2069',
  'dot/../../etc/passwd',
  'ملف/صورة.jpg',
  'smile-😀-é',
  'C:\\back\\slash',
  'a'.repeat(1024),
];

function hostileProblems(reason: string, n: number): Report['problems'] {
  return Array.from({ length: n }, (_, index) => {
    const text = HOSTILE_TEXTS[index % HOSTILE_TEXTS.length] ?? '';
    return { key: `${text}#${index}`, reason, detail: `${text} was refused` };
  });
}

/** Reports of each kind, as tests and eyes need them. */
export const REPORTS = {
  done: RESTORE,
  partial: {
    ...RESTORE,
    state: 'partial',
    source: `s3://photos${HOSTILE_TEXTS[0]}`,
    message: HOSTILE_TEXTS[1],
    askedBy: { name: `${HOSTILE_TEXTS[2]}${HOSTILE_TEXTS[11]}`, sender: HOSTILE_TEXTS[3] },
    counts: {
      planned: 48_212,
      plannedBytes: 310_002_442_211,
      restored: 47_900,
      restoredBytes: 309_100_000_000,
      right: 112,
      rightBytes: 902_442_211,
      conflicts: 140,
      failed: 60,
    },
    request: { ...(RESTORE.request as object), prefix: HOSTILE_TEXTS[4], include: HOSTILE_TEXTS },
    reasons: [
      { reason: 'conflict', count: 140 },
      { reason: 'access-denied', count: 59 },
      { reason: HOSTILE_TEXTS[0] ?? '', count: 1 },
    ],
    problems: [
      ...hostileProblems('conflict', 140),
      ...hostileProblems('access-denied', 59),
      ...hostileProblems(HOSTILE_TEXTS[0] ?? '', 1),
    ],
  },
  failed: {
    ...RESTORE,
    state: 'failed',
    finishedAt: '2026-03-01T03:12:04.000Z',
    durationSeconds: 4,
    message:
      "the vault's history could not be read: Access Denied listing s3://holdfast-vault-1a2b3c; the same restore again does what is left",
    counts: {},
  },
  rejected: {
    ...RESTORE,
    source: 'unknown',
    state: 'failed',
    finishedAt: '2026-03-01T03:12:00.000Z',
    durationSeconds: 0,
    message: 'not a restore request: unknown field "overwrit"',
    request: { rejected: `{"source":"s3://photos","overwrit":true,"x":"${HOSTILE_TEXTS[0]}"}` },
    counts: {},
  },
  cancelled: {
    ...RESTORE,
    jobId: 'photos.2',
    continues: 'photos',
    state: 'cancelled',
    message:
      'cancelled by anna: what was restored stays; what is left is done by: holdfast job photos.2 --resume',
    counts: {
      planned: 48_212,
      plannedBytes: 310_002_442_211,
      restored: 12_001,
      restoredBytes: 80_100_000_000,
    },
  },
  crawl: {
    ...RESTORE,
    kind: 'reconcile',
    jobId: 'reconcile-20260301-031200-1a2b3c4d',
    source: 'workdocs://d-1234567890',
    state: 'partial',
    message: '4 of 7 users, folders and documents were not listed',
    request: null,
    counts: {
      users: 1,
      folders: 1,
      documents: 1,
      captured: 1,
      entries: 7,
      documentEntries: 4,
      objects: 4,
      gone: 4,
    },
  },
  ended: {
    ...RESTORE,
    kind: 'reconcile',
    source: 'workdocs://d-1234567890',
    state: 'partial',
    message: '7 of 7 users, folders and documents were not listed, and the site listed no users at all',
    request: null,
    counts: { entries: 7, documentEntries: 3, objects: 3, bytes: 10, gone: 7 },
  },
  imported: {
    ...RESTORE,
    kind: 'import',
    source: 'workdocs://d-1234567890',
    state: 'partial',
    request: { export: 's3://exports/2025/' },
    counts: { zips: 2, entries: 8, imported: 1, unchanged: 6, failed: 1 },
    reasons: [{ reason: 'unsafe-name', count: 1 }],
    problems: hostileProblems('unsafe-name', 1),
  },
  held: {
    ...RESTORE,
    kind: 'reconcile',
    jobId: 'reconcile-20260301-020000-ab12cd34',
    state: 'partial',
    trigger: 'schedule',
    askedBy: undefined,
    request: undefined,
    lagSeconds: { p50: 1, p99: 5 },
    message:
      '41902 of 1200340 objects are missing at s3://photos: nothing was marked deleted; look at the source, then run: holdfast approve s3://photos',
    counts: {
      objects: 1_158_440,
      bytes: 9_310_002_442_211,
      captured: 12,
      capturedBytes: 44_211,
      new: 2,
      changed: 10,
      missed: 1,
      gone: 41_902,
      goneBytes: 410_002_442_211,
      entries: 1_200_340,
      unprotected: 1,
      waiting: 220,
      waitingBytes: 902_442_211,
    },
    reasons: [{ reason: 'customer-key', count: 1 }],
    problems: [{ key: 'sealed/report.pdf', reason: 'customer-key' }],
  },
  verify: {
    ...RESTORE,
    kind: 'verify',
    jobId: 'verify-20260301-090000-ab12cd34',
    state: 'partial',
    trigger: 'command',
    request: { sample: 300, seed: 7, provenBelow: 0.01 },
    counts: { versions: 12_400, sampled: 300, right: 298, bytes: 44_000_000_000, wrong: 1, archived: 1 },
    reasons: [
      { reason: 'wrong', count: 1 },
      { reason: 'archived', count: 1 },
    ],
    problems: [
      {
        key: '2026/02/img_0001.jpg',
        reason: 'wrong',
        detail: 'its SHA-256 is 9f86d08…, recorded was 60303ae…',
      },
      { key: '2019/old.tar', reason: 'archived', detail: 'DEEP_ARCHIVE' },
    ],
  },
} as unknown as Readonly<
  Record<
    | 'done'
    | 'partial'
    | 'failed'
    | 'rejected'
    | 'cancelled'
    | 'held'
    | 'crawl'
    | 'ended'
    | 'imported'
    | 'verify',
    Report
  >
>;
