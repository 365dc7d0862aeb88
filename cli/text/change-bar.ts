const WIDTH = 30;

type Counted = {
  readonly added: number;
  readonly overwritten: number;
  readonly deleted: number;
  readonly tagged: number;
};

/**
 * A bar of what was added, overwritten, deleted and tagged, in proportion: `+++~~-#`. What there is at all has a sign of its own,
 * however little it is.
 *
 * @param most what fills the whole width
 */
export function changeBar({ added, overwritten, deleted, tagged }: Counted, most: number): string {
  const signs = (sign: string, n: number) =>
    sign.repeat(n === 0 ? 0 : Math.max(1, Math.round((n / most) * WIDTH)));
  return signs('+', added) + signs('~', overwritten) + signs('-', deleted) + signs('#', tagged);
}
