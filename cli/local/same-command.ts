import { shellWords } from '@holdfast/core/model/shell-words.ts';

/** Said anew, or once only: a report is never written over another. */
const LEFT_OUT = '--(at|changed-since|report)';
const [WITH_VALUE_BEHIND, WITH_VALUE] = [new RegExp(`^${LEFT_OUT}$`), new RegExp(`^${LEFT_OUT}=`)];

/**
 * The command that goes on where this one ended: the same one, as of the same moments, whatever "now" and "2h ago" mean
 * by then.
 *
 * @param moments.at a moment, or the version that is restored
 */
export function sameCommand(
  argv: readonly string[],
  moments: { readonly at: string; readonly changedSince?: string },
): string {
  const kept: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (WITH_VALUE_BEHIND.test(word)) index++;
    else if (!WITH_VALUE.test(word)) kept.push(word);
  }
  const since = moments.changedSince === undefined ? [] : ['--changed-since', moments.changedSince];
  return shellWords(['holdfast', ...kept, '--at', moments.at, ...since]);
}
