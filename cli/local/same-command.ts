import { shellWords } from '../text/shell-words.ts';

/**
 * The command that goes on where this one ended: the same one, as of the same moments, whatever "now" and "2h ago" mean
 * by then.
 */
export function sameCommand(
  argv: readonly string[],
  moments: { readonly at: string; readonly changedSince?: string },
): string {
  const kept: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (/^--(at|changed-since)$/.test(word)) index++;
    else if (!/^--(at|changed-since)=/.test(word)) kept.push(word);
  }
  const since = moments.changedSince === undefined ? [] : ['--changed-since', moments.changedSince];
  return shellWords(['holdfast', ...kept, '--at', moments.at, ...since]);
}
