import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Row } from './items.ts';

/** What must be true of the stored item for a write to be done. */
export type Condition = {
  readonly exists?: boolean;
  readonly equals?: Row;
  /** Less than this, or not there. */
  readonly below?: Readonly<Record<string, number>>;
};

export type Change = {
  readonly set?: Row;
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
};

type Attributes = {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
};

/** A condition in DynamoDB's language. Every name is aliased: many of ours are reserved words there. */
export function conditional(condition: Condition): Attributes & { ConditionExpression?: string } {
  const words = new Aliases();
  return { ...test(condition, words), ...words.attributes() };
}

/** A change and its condition in DynamoDB's language. */
export function changing(
  change: Change,
  condition: Condition,
): Attributes & { UpdateExpression: string; ConditionExpression?: string } {
  const words = new Aliases();
  const UpdateExpression = updateExpression(change, words);
  return { UpdateExpression, ...test(condition, words), ...words.attributes() };
}

function updateExpression({ set = {}, add = {}, remove = [] }: Change, words: Aliases): string {
  const sets = Object.entries(set).filter(([, value]) => value !== undefined);
  const clauses: Array<[string, string[]]> = [
    ['SET', sets.map(([name, value]) => `${words.name(name)} = ${words.value(value)}`)],
    ['ADD', Object.entries(add).map(([name, n]) => `${words.name(name)} ${words.value(n)}`)],
    ['REMOVE', remove.map((name) => words.name(name))],
  ];
  const used = clauses.filter(([, terms]) => terms.length > 0);
  return used.map(([verb, terms]) => `${verb} ${terms.join(', ')}`).join(' ');
}

function test(
  { exists, equals = {}, below = {} }: Condition,
  words: Aliases,
): { ConditionExpression?: string } {
  const terms = Object.entries(equals).map(([name, value]) => `${words.name(name)} = ${words.value(value)}`);
  for (const [name, bound] of Object.entries(below)) {
    const field = words.name(name);
    terms.push(`(attribute_not_exists(${field}) OR ${field} < ${words.value(bound)})`);
  }
  if (exists === true) terms.push(`attribute_exists(${words.name('pk')})`);
  if (exists === false) terms.push(`attribute_not_exists(${words.name('pk')})`);
  return terms.length === 0 ? {} : { ConditionExpression: terms.join(' AND ') };
}

class Aliases {
  readonly #names = new Map<string, string>();
  readonly #values: unknown[] = [];

  name(attribute: string): string {
    const alias = this.#names.get(attribute) ?? `#n${this.#names.size}`;
    this.#names.set(attribute, alias);
    return alias;
  }

  value(value: unknown): string {
    return `:v${this.#values.push(value) - 1}`;
  }

  attributes(): Attributes {
    const names = Object.fromEntries([...this.#names].map(([attribute, alias]) => [alias, attribute]));
    const values = Object.fromEntries(this.#values.map((value, index) => [`:v${index}`, value]));
    return {
      ...(this.#names.size === 0 ? {} : { ExpressionAttributeNames: names }),
      ...(this.#values.length === 0
        ? {}
        : { ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }) }),
    };
  }
}
