import { raw, html as tagged } from 'hono/html';
import { visible } from '../model/visible.ts';

/** A piece of a page. Only {@link html} makes one, and {@link constant} of what is written in this source. */
export type Html = ReturnType<typeof raw>;
type Value = string | number | Html | readonly Html[] | undefined;

/**
 * A piece of a page, as a template. Every value that is a text is escaped, and what would be obeyed and not shown
 * (controls, direction overrides, lone surrogates) is written out: there is no way to forget it.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const safe = values.map((value) => (typeof value === 'string' ? visible(value) : value));
  // A promise only when one of the values is.
  return tagged(parts, ...safe) as Html;
}

/** Text that is this module's own: a style sheet. */
export function constant(text: string): Html {
  return raw(text);
}

/** Nothing at all. */
export const NOTHING: Html = constant('');
