import type { ResourceThing } from './site-things.ts';

/** Something that happened on a site, as its log keeps it. */
export type LoggedActivity = {
  /** Counted: a listing goes from the newest to the oldest. */
  readonly order: number;
  readonly type: string;
  readonly at: number;
  readonly kind: ResourceThing['kind'];
  readonly id: string;
  readonly name: string;
  /** Who did it. */
  readonly by?: string;
  /** Before a rename. */
  readonly originalName?: string;
  /** Before a move. */
  readonly originalParentId?: string;
  readonly parentId?: string;
  readonly versionId?: string;
  readonly commentId?: string;
  /** Whom it was shared with, or no longer. */
  readonly participantId?: string;
  /** It happened to what it lies in. */
  readonly indirect: boolean;
};

/** What becomes of an activity on its way into the log. */
type Fate = 'kept' | 'lost' | 'doubled' | { readonly seenFrom: number };

/** The activities of a site. A test may lose them, double them, or let them be seen late. */
export class SiteLog {
  /** Told of each activity when it happens. */
  fate: ((activity: LoggedActivity) => Fate) | undefined;
  readonly #activities: Array<{ readonly activity: LoggedActivity; readonly seenFrom: number }> = [];
  #order = 0;

  add(activity: Omit<LoggedActivity, 'order'>): void {
    const ordered = { ...activity, order: this.#next() };
    const fate = this.fate?.(ordered) ?? 'kept';
    if (fate === 'lost') return;
    const seenFrom = typeof fate === 'object' ? fate.seenFrom : ordered.at;
    this.#activities.push({ activity: ordered, seenFrom });
    if (fate === 'doubled')
      this.#activities.push({ activity: { ...ordered, order: this.#next() }, seenFrom });
  }

  /** What can be seen now, the newest first. */
  seen(now: number): LoggedActivity[] {
    return this.#activities
      .filter(({ seenFrom }) => seenFrom <= now)
      .map(({ activity }) => activity)
      .reverse();
  }

  #next(): number {
    this.#order += 1;
    return this.#order;
  }
}
