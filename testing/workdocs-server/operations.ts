import * as sdk from '@aws-sdk/client-workdocs';
import { NormalizedSchema } from '@smithy/core/schema';

/** One operation of WorkDocs' API, as the SDK's own schemas tell. */
export type Operation = {
  readonly name: string;
  readonly method: string;
  /** Parts of the path, of which `{Name}` is a member of the input. */
  readonly path: readonly string[];
  readonly status: number;
  readonly input: NormalizedSchema;
  /** Absent where the answer has no body. */
  readonly output: NormalizedSchema | undefined;
};

/** `[9, namespace, name, traits, input, output]`: how the SDK writes an operation down. */
type OperationSchema = readonly [
  9,
  string,
  string,
  { readonly http: readonly [string, string, number] },
  () => unknown,
  () => unknown,
];

/** All operations of the API version that the SDK speaks, so that a server over them cannot drift from the client. */
export const OPERATIONS: readonly Operation[] = Object.values<unknown>(sdk)
  .filter(isOperation)
  .map(toOperation);

function isOperation(value: unknown): value is OperationSchema {
  return Array.isArray(value) && value[0] === 9;
}

function toOperation([, , name, { http }, input, output]: OperationSchema): Operation {
  const [method, path, status] = http;
  const answer = output();
  return {
    name,
    method,
    path: path.split('/'),
    status,
    input: normalized(input()),
    output: answer === 'unit' ? undefined : normalized(answer),
  };
}

function normalized(schema: unknown): NormalizedSchema {
  return NormalizedSchema.of(schema as Parameters<typeof NormalizedSchema.of>[0]);
}

/** The status of an exception, as the SDK's schemas have it; undefined for one that they do not know. */
export function statusOfException(name: string): number | undefined {
  const schema = Reflect.get(sdk, `${name}$`);
  return Array.isArray(schema) && schema[0] === -3 ? schema[3].httpError : undefined;
}

/** Finds what a request asks for. */
export function findOperation(
  method: string,
  pathname: string,
): { readonly operation: Operation; readonly labels: ReadonlyMap<string, string> } | undefined {
  const parts = pathname.split('/').map(decodeURIComponent);
  for (const operation of OPERATIONS) {
    const labels = operation.method === method ? labelsOf(operation, parts) : undefined;
    if (labels !== undefined) return { operation, labels };
  }
  return undefined;
}

function labelsOf({ path }: Operation, parts: readonly string[]): Map<string, string> | undefined {
  if (path.length !== parts.length) return undefined;
  const labels = new Map<string, string>();
  for (const [index, expected] of path.entries()) {
    const part = parts[index] ?? '';
    const label = /^\{(\w+)\}$/.exec(expected)?.[1];
    if (label !== undefined && part !== '') labels.set(label, part);
    else if (expected !== part) return undefined;
  }
  return labels;
}
