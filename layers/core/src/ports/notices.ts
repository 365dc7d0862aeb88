/** What somebody is told: a line and a few more for people, and the same for programs. */
export type Notice = {
  /** At most 100 characters of ASCII, no line breaks: what SNS takes for a subject. */
  readonly subject: string;
  readonly text: string;
  /** Short values by which a subscriber can choose what to get. */
  readonly labels: Readonly<Record<string, string>>;
  /** Everything, as JSON. */
  readonly details: object;
};

/** Tells people outside. */
export interface Notices {
  /**
   * At least once: repeating it tells again.
   * @throws a HoldfastError with remedy `retry` when it was not taken
   */
  publish(notice: Notice): Promise<void>;
}
