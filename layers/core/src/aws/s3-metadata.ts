import type { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { namedValues } from '../model/named-values.ts';

type Answer = { readonly response: unknown; readonly output: { Metadata?: Record<string, string> } };
type Attempt = (args: never) => Promise<Answer>;

/** What both commands have in common. */
type Reading = {
  readonly middlewareStack: {
    add(
      middleware: (next: Attempt) => Attempt,
      options: { step: 'deserialize'; priority: 'high'; name: string; override: true },
    ): void;
  };
};

const PREFIX = 'x-amz-meta-';

/**
 * Gives an answer all of its user metadata. The SDK puts the headers into a plain object, where `x-amz-meta-__proto__` is
 * lost without a word.
 */
export function withAllMetadata<T extends HeadObjectCommand | GetObjectCommand>(command: T): T {
  const { middlewareStack } = command as Reading;
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      if (hasHeaders(result.response)) result.output.Metadata = metadataIn(result.response.headers);
      return result;
    },
    // High: after the SDK has read the answer.
    { step: 'deserialize', priority: 'high', name: 'allMetadata', override: true },
  );
  return command;
}

function metadataIn(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => name.toLowerCase().startsWith(PREFIX));
  return namedValues(own.map(([name, value]) => [name.slice(PREFIX.length).toLowerCase(), value]));
}

function hasHeaders(response: unknown): response is { headers: Record<string, string> } {
  return typeof response === 'object' && response !== null && 'headers' in response;
}
