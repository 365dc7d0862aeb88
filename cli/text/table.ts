import stringWidth from 'string-width';
import { visible } from './visible.ts';

export type Column = { readonly title: string; readonly align?: 'right' };

/** Lines of a table: two spaces between columns, numbers to the right, nothing after the last column. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const shown = [columns.map(({ title }) => title), ...rows.map((row) => row.map(visible))];
  const widths = columns.map((_, index) => Math.max(...shown.map((row) => stringWidth(row[index] ?? ''))));
  return shown.map((row) =>
    columns
      .map(({ align }, index) => pad(row[index] ?? '', widths[index] ?? 0, align))
      .join('  ')
      .trimEnd(),
  );
}

/** Pads by the columns a text takes on a terminal, not by its code units. */
export function pad(text: string, width: number, align?: 'right'): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? space + text : text + space;
}
