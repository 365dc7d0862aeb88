import { SiteRefusal } from '../memory/site-refusal.ts';
import type { Call, Handlers } from './call.ts';
import { documentHandlers } from './handle-documents.ts';
import { folderHandlers } from './handle-folders.ts';
import { peopleHandlers } from './handle-people.ts';
import { sharingHandlers } from './handle-sharing.ts';
import type { Operation } from './operations.ts';
import { DriftError } from './wire.ts';

const HANDLERS: Handlers = { ...folderHandlers, ...documentHandlers, ...peopleHandlers, ...sharingHandlers };

/** Works out an operation's answer. @throws {SiteRefusal} what WorkDocs would refuse with */
export function answerTo(operation: Operation, input: object, call: Call): object {
  const { ended } = call.site.model;
  if (ended !== undefined && isListing(operation)) return emptyAnswer(operation);
  if (ended?.byId === 'not-found')
    throw new SiteRefusal('EntityNotExistsException', 'there is no such thing');
  if (ended?.byId === 'access-denied')
    throw new SiteRefusal('UnauthorizedResourceAccessException', 'the caller has no access');
  const handler = HANDLERS[operation.name];
  if (handler === undefined) throw new DriftError(`the server does not know ${operation.name}`);
  return handler(input as never, call);
}

/** Names of the operations that the server answers. */
export function handled(): readonly string[] {
  return Object.keys(HANDLERS);
}

function isListing({ name }: Operation): boolean {
  return /^(Describe|Search|GetResources)/.test(name);
}

/** What the API is reported to answer with after the end of the service. */
function emptyAnswer({ output }: Operation): object {
  const lists = [...(output?.structIterator() ?? [])].filter(([, schema]) => schema.isListSchema());
  return Object.fromEntries(lists.map(([member]) => [member, []]));
}
