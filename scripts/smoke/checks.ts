/** What became of one assertion. */
export type CheckState = 'passed' | 'failed' | 'skipped';

export type CheckResult = {
  readonly phase: string;
  readonly name: string;
  readonly state: CheckState;
  /** What was seen; of a failure what was wrong, of a skip why. Empty where the name says it all. */
  readonly detail: string;
  readonly milliseconds: number;
};

/** Thrown by an assertion that does not hold: its message is all that is shown. */
export class Unmet extends Error {
  override readonly name = 'Unmet';
}

/** Thrown when the rest of a phase makes no sense any more; what failed is recorded already. */
export class PhaseOver extends Error {
  override readonly name = 'PhaseOver';
}

/** @throws {Unmet} unless it holds */
export function expect(holds: boolean, why: string | (() => string)): asserts holds {
  if (!holds) throw new Unmet(typeof why === 'string' ? why : why());
}

type Say = (line: string) => void;

const MARKS: Readonly<Record<CheckState, string>> = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' };

/** Runs assertions one after the other, says each in a line, and remembers them for the report. */
export class Checks {
  readonly #say: Say;
  readonly #results: CheckResult[] = [];
  readonly #interrupted: () => boolean;
  #phase = '';

  constructor(say: Say, interrupted: () => boolean = () => false) {
    this.#say = say;
    this.#interrupted = interrupted;
  }

  get results(): readonly CheckResult[] {
    return this.#results;
  }

  begin(phase: string): void {
    this.#phase = phase;
    this.#say(`\n${phase}`);
  }

  /** One assertion. @param work says what it saw, or throws @returns whether it held */
  async check(name: string, work: () => Promise<string | undefined> | string | undefined): Promise<boolean> {
    if (this.#interrupted()) throw new PhaseOver('interrupted');
    const began = performance.now();
    try {
      const detail = await work();
      this.#add(name, 'passed', detail ?? '', began);
      return true;
    } catch (error) {
      this.#add(name, 'failed', reasonOf(error), began);
      return false;
    }
  }

  /** An assertion without which the phase cannot go on. @throws {PhaseOver} when it does not hold */
  async must(name: string, work: () => Promise<string | undefined> | string | undefined): Promise<void> {
    if (!(await this.check(name, work))) throw new PhaseOver(name);
  }

  /** What is not looked at here, and why. */
  skip(name: string, why: string): void {
    this.#add(name, 'skipped', why, performance.now());
  }

  #add(name: string, state: CheckState, detail: string, began: number): void {
    const milliseconds = Math.round(performance.now() - began);
    this.#results.push({ phase: this.#phase, name, state, detail, milliseconds });
    this.#say(`  ${MARKS[state]}  ${name}${detail === '' ? '' : `: ${detail}`}`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error instanceof Unmet ? error.message : `${error.name}: ${error.message}`;
  return text.replaceAll(/\s*\n\s*/g, ' | ');
}

/** How many passed, failed and were skipped. */
export function count(results: readonly CheckResult[]): Readonly<Record<CheckState, number>> {
  const of = (state: CheckState) => results.filter((one) => one.state === state).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}
