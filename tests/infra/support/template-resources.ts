import type { Resource, Template, Value } from '../../../testing/iam/deployed-template.ts';

export type Properties = Readonly<Record<string, Value>>;
/** A resource with its logical id. */
export type Named = { readonly id: string; readonly is: Properties; readonly resource: Resource };

/** All resources of a type. */
export function ofType({ Resources }: Template, type: string): Named[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, resource]) => ({ id, is: resource.Properties ?? {}, resource }));
}

/** The logical ids that a value refers to, anywhere within. */
export function references(value: Value | undefined): string[] {
  if (value === null || value === undefined || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((one) => references(one));
  return Object.entries(value).flatMap(([name, argument]) => [
    ...direct(name, argument),
    ...references(argument),
  ]);
}

function direct(name: string, argument: Value): string[] {
  if (name === 'Ref') return [String(argument)];
  if (name === 'Fn::GetAtt')
    return [String(Array.isArray(argument) ? argument[0] : argument).split('.')[0] ?? ''];
  if (name !== 'Fn::Sub') return [];
  const text = String(Array.isArray(argument) ? argument[0] : argument);
  return [...text.matchAll(/\$\{([^}!.]+)/g)].map((match) => match[1] ?? '');
}

/** Every statement of every policy document in a template, with the resource that holds it. */
export function allStatements({ Resources }: Template): Array<{ id: string; statement: Properties }> {
  return Object.entries(Resources).flatMap(([id, { Properties }]) =>
    statementsIn(Properties ?? {}).map((statement) => ({ id, statement })),
  );
}

/** Every statement within a policy document, or whatever holds some. */
export function statementsIn(value: Value): Properties[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((one) => statementsIn(one));
  const properties = value as Properties;
  if (typeof properties['Effect'] === 'string') return [properties];
  return Object.values(properties).flatMap((one) => statementsIn(one));
}
