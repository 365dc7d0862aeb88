import type { NormalizedSchema } from '@smithy/core/schema';
import { enumOf } from './enums.ts';
import type { Operation } from './operations.ts';

/** What the client sent or the server made is not what the SDK's schemas say: a defect, that fails the test. */
export class DriftError extends Error {}

/** A request of the client, as Node has it. */
export type Incoming = {
  readonly labels: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** Reads an operation's input out of path, query, headers and body, each member by the place that its schema gives it. */
export function readInput({ name, input }: Operation, incoming: Incoming): Record<string, unknown> {
  const body = incoming.body === '' ? {} : (JSON.parse(incoming.body) as Record<string, unknown>);
  const known = new Map([...input.structIterator()]);
  const inBody = new Set<string>();
  const inQuery = new Set<string>();
  const read: Record<string, unknown> = {};
  for (const [member, schema] of known) {
    const { httpLabel, httpQuery, httpHeader } = schema.getMergedTraits();
    const at = `${name}.${member}`;
    if (httpLabel) read[member] = incoming.labels.get(member);
    else if (httpQuery !== undefined) {
      inQuery.add(httpQuery);
      read[member] = fromText(incoming.query.getAll(httpQuery), schema, at);
    } else if (httpHeader !== undefined) read[member] = incoming.headers[httpHeader.toLowerCase()];
    else {
      inBody.add(member);
      read[member] = member in body ? fromJson(body[member], schema, at) : undefined;
    }
  }
  refuseUnknown(name, 'query', incoming.query.keys(), inQuery);
  refuseUnknown(name, 'body', Object.keys(body), inBody);
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** Writes an answer's body, each field checked against the schema. @throws {DriftError} */
export function writeOutput({ name, output }: Operation, answer: object): string {
  if (output === undefined) return '';
  return JSON.stringify(toJson(answer, output, name));
}

function refuseUnknown(
  name: string,
  where: string,
  given: Iterable<string>,
  known: ReadonlySet<string>,
): void {
  for (const one of given) {
    if (!known.has(one))
      throw new DriftError(`${name}: the ${where} has "${one}", which the schema does not know`);
  }
}

function fromText(values: readonly string[], schema: NormalizedSchema, at: string): unknown {
  const [value] = values;
  if (value === undefined) return undefined;
  if (schema.isListSchema()) return values;
  if (schema.isTimestampSchema()) return dateOf(value, at);
  if (schema.isBooleanSchema()) return oneOf(value, { true: true, false: false }, at);
  return schema.isNumericSchema() ? numberOf(value, at) : value;
}

function fromJson(value: unknown, schema: NormalizedSchema, at: string): unknown {
  if (schema.isTimestampSchema()) return new Date(numberOf(value, at) * 1_000);
  if (schema.isListSchema() && Array.isArray(value))
    return value.map((one, index) => fromJson(one, schema.getValueSchema(), `${at}[${index}]`));
  if (schema.isMapSchema() && isRecord(value)) return value;
  if (schema.isStructSchema() && isRecord(value)) return structFromJson(value, schema, at);
  if (schema.isNumericSchema()) return numberOf(value, at);
  return simple(value, schema, at);
}

function structFromJson(value: Readonly<Record<string, unknown>>, schema: NormalizedSchema, at: string) {
  const known = new Map([...schema.structIterator()]);
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [
      member,
      fromJson(inner, memberOf(known, member, at), `${at}.${member}`),
    ]),
  );
}

/** What goes over the wire for a value; times are seconds since 1970, with fractions. */
function toJson(value: unknown, schema: NormalizedSchema, at: string): unknown {
  if (schema.isTimestampSchema()) {
    if (!(value instanceof Date)) throw new DriftError(`${at} is no time: ${JSON.stringify(value)}`);
    return value.getTime() / 1_000;
  }
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw new DriftError(`${at} is no list: ${JSON.stringify(value)}`);
    return value.map((one, index) => toJson(one, schema.getValueSchema(), `${at}[${index}]`));
  }
  if (schema.isMapSchema()) return mapToJson(value, schema, at);
  if (schema.isStructSchema()) return structToJson(value, schema, at);
  return simple(value, schema, at);
}

function structToJson(value: unknown, schema: NormalizedSchema, at: string) {
  if (!isRecord(value)) throw new DriftError(`${at} is no structure: ${JSON.stringify(value)}`);
  const known = new Map([...schema.structIterator()]);
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    given.map(([member, inner]) => {
      checkEnum(schema.getName() ?? '', member, inner, at);
      return [member, toJson(inner, memberOf(known, member, at), `${at}.${member}`)];
    }),
  );
}

function mapToJson(value: unknown, schema: NormalizedSchema, at: string) {
  if (!isRecord(value)) throw new DriftError(`${at} is no map: ${JSON.stringify(value)}`);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      toJson(inner, schema.getValueSchema(), `${at}.${key}`),
    ]),
  );
}

function simple(value: unknown, schema: NormalizedSchema, at: string): unknown {
  const isRight =
    (schema.isStringSchema() && typeof value === 'string') ||
    (schema.isBooleanSchema() && typeof value === 'boolean') ||
    (schema.isNumericSchema() && typeof value === 'number');
  if (!isRight) throw new DriftError(`${at} has the wrong type: ${JSON.stringify(value)}`);
  return value;
}

/** The SDK's schemas have strings for enumerations; their values are in its constants. */
function checkEnum(structure: string, member: string, value: unknown, at: string): void {
  const allowed = enumOf(structure, member);
  if (allowed !== undefined && !allowed.has(String(value)))
    throw new DriftError(`${at}.${member} cannot be ${JSON.stringify(value)}`);
}

function memberOf(
  known: ReadonlyMap<string, NormalizedSchema>,
  member: string,
  at: string,
): NormalizedSchema {
  const schema = known.get(member);
  if (schema === undefined) throw new DriftError(`${at} has no field "${member}"`);
  return schema;
}

function dateOf(text: string, at: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new DriftError(`${at} is no time: ${text}`);
  return date;
}

function numberOf(value: unknown, at: string): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new DriftError(`${at} is no number: ${String(value)}`);
  return number;
}

function oneOf<T>(value: string, values: Readonly<Record<string, T>>, at: string): T {
  const found = values[value];
  if (found === undefined) throw new DriftError(`${at} cannot be ${value}`);
  return found;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
