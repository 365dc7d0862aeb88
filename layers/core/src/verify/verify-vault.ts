import { pMapIterable } from 'p-map';
import { provenBelow } from '../model/confidence.ts';
import { defined } from '../model/defined.ts';
import type { Counts } from '../model/job.ts';
import { Reservoir } from '../model/reservoir.ts';
import type { Checksums } from '../ports/checksums.ts';
import type { World } from '../ports/world.ts';
import type { Candidate, CandidateRequest, TopDoubt, UnmatchedEntry } from '../source/candidate.ts';
import type { SourceHistory } from '../source/source-kind.ts';
import { FINDINGS, type Finding, isProblem } from './findings.ts';
import { TopDoubts } from './top-doubts.ts';
import { verifyEntry } from './verify-entry.ts';
import { verifyVersion } from './verify-version.ts';

export type VerifyRequest = CandidateRequest & {
  /** How many versions to read; `all` of them. */
  readonly sample: number | 'all';
  readonly seed: number;
};

export type VerifyOptions = {
  readonly checksums: Checksums;
  /** Versions read at the same time. */
  readonly atOnce: number;
  /** Hears each finding as it is made; the result has the first ones only. */
  readonly onFinding?: (finding: Finding) => void;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Waits, in ms, before what was just written is looked at once more. */
  readonly pause: (ms: number) => Promise<void>;
};

export type VerifyProgress = { readonly listed: number; readonly read: number; readonly bytes: number };

/** What a verification came to. */
export type Verification = {
  readonly source: string;
  readonly prefix: string;
  /** ms since 1970; absent when versions of every time were looked at. */
  readonly at?: number;
  readonly seed: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  /** `partial` when there are problems. */
  readonly state: 'done' | 'partial';
  /**
   * `versions` there are, `sampled` ones of them, how many were `right`, `gone` since they were listed, or of each kind of
   * finding; `bytes` that were read.
   */
  readonly counts: Counts;
  /**
   * So many versions would have to be wrong for this sample to have shown one with a certainty of 95 %: 0 when all were
   * read, absent when nothing could be proven or something is wrong.
   */
  readonly provenBelow?: number;
  /** What is wrong, missing, or could not be read. */
  readonly problems: readonly Finding[];
  readonly furtherProblems: number;
  /** What is archived, or has nothing to be compared with. */
  readonly unproven: readonly Finding[];
  readonly furtherUnproven: number;
};

type VerifyWorld = Pick<World, 'store' | 'settings' | 'catalog' | 'clock'>;

const MAX_LISTED = 10_000;
const PAGE = 1000;

/**
 * Proves the vault: that the catalog names only versions that are there, and those that are on top (all of them); and that
 * versions are the bytes that were recorded (a random sample, or all). It reads, and changes nothing.
 */
export async function verifyVault(
  request: VerifyRequest,
  options: VerifyOptions,
  history: Pick<SourceHistory, 'candidates' | 'reader' | 'top'>,
  world: VerifyWorld,
): Promise<Verification> {
  const startedAt = world.clock();
  const tally = new Tally(options);
  const reader = history.reader(world);
  const missed = async (unmatched: UnmatchedEntry) => {
    const finding = await verifyEntry(unmatched, reader, world);
    if (finding !== undefined) tally.find(finding);
  };
  const { source, prefix, at, seed } = request;
  const tell = (finding: Finding) => tally.find(finding);
  const doubts = new TopDoubts({ source, ...defined({ at }), rules: history.top, tell }, world);
  const listeners = { onUnmatched: missed, onTop: (doubt: TopDoubt) => doubts.look(doubt) };
  const all = tally.counting(history.candidates(request, listeners, world));
  const chosen = request.sample === 'all' ? all : await drawn(all, request.sample, request.seed);
  const verify = async (candidate: Candidate) => ({
    candidate,
    verified: await verifyVersion(candidate, { ...world, reader }, options.checksums),
  });
  for await (const { candidate, verified } of pMapIterable(chosen, verify, { concurrency: options.atOnce })) {
    tally.add(candidate, verified);
  }
  await doubts.end(options.pause);
  const head = { source, prefix, ...defined({ at }), seed };
  return { ...head, startedAt, finishedAt: world.clock(), ...tally.result() };
}

async function drawn(
  all: AsyncIterable<Candidate>,
  size: number,
  seed: number,
): Promise<readonly Candidate[]> {
  const reservoir = new Reservoir<Candidate>(size, seed);
  for await (const candidate of all) reservoir.offer(candidate);
  return reservoir.sample();
}

class Tally {
  readonly #options: VerifyOptions;
  readonly #counts: Record<string, number> = { versions: 0, sampled: 0, right: 0, gone: 0, bytes: 0 };
  readonly #problems = new Listed();
  readonly #unproven = new Listed();

  constructor(options: VerifyOptions) {
    this.#options = options;
    for (const reason of FINDINGS) this.#counts[reason] = 0;
  }

  async *counting(all: AsyncIterable<Candidate>): AsyncGenerator<Candidate> {
    for await (const candidate of all) {
      if (this.#count('versions') % PAGE === 0) this.#tellProgress();
      yield candidate;
    }
  }

  add({ version }: Candidate, { finding, gone }: Awaited<ReturnType<typeof verifyVersion>>): void {
    this.#count('sampled');
    if (gone) this.#count('gone');
    else if (finding === undefined) this.#count('right');
    else this.find(finding);
    if (isRead(finding) && !gone) this.#count('bytes', version.size);
    this.#tellProgress();
  }

  find(finding: Finding): void {
    this.#count(finding.reason);
    (isProblem(finding) ? this.#problems : this.#unproven).add(finding);
    this.#options.onFinding?.(finding);
  }

  result() {
    const { problems, unproven } = { problems: this.#problems, unproven: this.#unproven };
    const { versions = 0, right = 0 } = this.#counts;
    const below = problems.seen === 0 ? provenBelow(versions, right) : undefined;
    return {
      state: problems.seen === 0 ? ('done' as const) : ('partial' as const),
      counts: this.#counts,
      ...(below === undefined ? {} : { provenBelow: below }),
      problems: problems.first,
      furtherProblems: problems.seen - problems.first.length,
      unproven: unproven.first,
      furtherUnproven: unproven.seen - unproven.first.length,
    };
  }

  #count(name: string, by = 1): number {
    const sum = (this.#counts[name] ?? 0) + by;
    this.#counts[name] = sum;
    return sum;
  }

  #tellProgress(): void {
    const { versions: listed = 0, sampled: read = 0, bytes = 0 } = this.#counts;
    this.#options.onProgress?.({ listed, read, bytes });
  }
}

/** Whether it came to reading the version to its end. */
function isRead(finding: Finding | undefined): boolean {
  return finding === undefined || finding.reason === 'wrong' || finding.reason === 'unverifiable';
}

/** The first of many. */
class Listed {
  readonly first: Finding[] = [];
  seen = 0;

  add(finding: Finding): void {
    this.seen++;
    if (this.first.length < MAX_LISTED) this.first.push(finding);
  }
}
