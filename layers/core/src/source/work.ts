import type { QueueName } from '../model/queues.ts';
import type { Source } from '../model/source.ts';

/** What a message asks for, in words, and the first objects that it is about. */
export type Explanation = {
  readonly what: string;
  readonly objects: ReadonlyArray<{ readonly source: string; readonly key: string }>;
};

/** Puts the body of a message into words. @throws {InvalidInputError} for what its handler does not take either */
export type Explain = (body: string) => Explanation;

/** Which comparison of a source with its backup is asked for. */
export type ComparisonWish = {
  readonly trigger: 'manual' | 'protect' | 'approve';
  readonly jobId: string;
  /** What was held may be marked deleted. */
  readonly approved?: boolean;
  /** Also what no listing shows. */
  readonly deep?: boolean;
  /** Also all of the vault. */
  readonly vault?: boolean;
};

/** A message that has work begun, and the queue that it goes to. */
export type Begun = { readonly queue: QueueName; readonly message: object };

/** The work of a kind of source: its queues, and what begins a comparison. Asks nothing of anybody. */
export type Work = {
  /**
   * The parameter of the core stack with which it is deployed without the functions of the kind, and the queues that nobody else
   * reads. Absent where there are no functions of its own.
   */
  readonly functions?: { readonly parameter: string; readonly queues: readonly QueueName[] };
  /** How messages are put into words, for each of these queues but that of plans: those of restores and reports are everybody's. */
  readonly explains: Readonly<Partial<Record<QueueName, Explain>>>;
  /** Where that message goes: the functions of the kind read there. */
  readonly comparisonQueue: QueueName;
  /**
   * The message that has a source compared with its backup.
   *
   * @throws {InvalidInputError} for what there is nothing to compare with
   */
  readonly comparison: (source: Pick<Source, 'source' | 'site'>, wish: ComparisonWish) => Begun;
  /** Refuses to look deeper where that would find nothing. @throws {InvalidInputError} saying what would change that */
  readonly checkDeep: (source: Source) => void;
};
