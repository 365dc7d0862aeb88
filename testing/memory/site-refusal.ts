import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { codeOfException } from '@holdfast/core/kinds/workdocs/workdocs-exceptions.ts';

/** A refusal of a site in memory, with the name that WorkDocs has for it. */
export class SiteRefusal extends SiteError {
  readonly exception: string;

  constructor(exception: string, message: string) {
    super(codeOfException(exception) ?? 'invalid', message);
    this.exception = exception;
  }
}

/** `EntityNotExistsException`: there is, or is no longer, such a thing. */
export function noSuch(what: string, id: string): SiteRefusal {
  return new SiteRefusal('EntityNotExistsException', `there is no ${what} ${id}`);
}
