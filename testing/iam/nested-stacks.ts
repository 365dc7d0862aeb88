import type { Resource, Template, Value } from './template.ts';

type Node = { readonly [key: string]: Value };

/**
 * A template with the resources of its nested stacks in their place: a nested stack's parameter becomes what it is given,
 * and its output what it says. Logical ids stay; conditions get the nested stack's name before their own.
 *
 * @param nested the template of each nested stack, by its logical id
 * @throws when two stacks use the same logical id, or a nested stack is given a parameter that it has not, or not one that it has
 */
export function withNested(root: Template, nested: ReadonlyMap<string, Template>): Template {
  const resources: Record<string, Resource> = {};
  const conditions: Record<string, Value> = { ...root.Conditions };
  const outputs = new Map<string, Value>();
  for (const [id, resource] of Object.entries(root.Resources)) {
    const template = nested.get(id);
    if (template === undefined) add(resources, id, resource);
    else {
      const inside = new Nested(id, resource, template);
      Object.assign(conditions, inside.conditions());
      for (const [name, one] of inside.resources()) add(resources, name, one);
      for (const [name, value] of inside.outputs()) outputs.set(`${id}.Outputs.${name}`, value);
    }
  }
  const withOutputs = (value: Value) => replace(value, (name) => outputs.get(name));
  return {
    ...root,
    Conditions: conditions,
    Resources: withOutputs(resources as unknown as Value) as unknown as Template['Resources'],
    Outputs: withOutputs(root.Outputs) as Template['Outputs'],
  };
}

function add(all: Record<string, Resource>, id: string, resource: Resource): void {
  if (id in all) throw new Error(`two stacks have a resource ${id}`);
  all[id] = resource;
}

class Nested {
  readonly #id: string;
  readonly #stack: Resource;
  readonly #template: Template;
  readonly #given: Node;

  constructor(id: string, stack: Resource, template: Template) {
    this.#id = id;
    this.#stack = stack;
    this.#template = template;
    this.#given = (stack.Properties?.['Parameters'] ?? {}) as Node;
    for (const name of Object.keys(this.#given))
      if (!(name in template.Parameters)) throw new Error(`${id} has no parameter ${name}`);
    for (const name of Object.keys(template.Parameters)) this.#parameter(name);
  }

  conditions(): Record<string, Value> {
    const own = Object.entries(this.#template.Conditions).map(([name, is]) => [
      this.#named(name),
      this.#outside(is),
    ]);
    const both = Object.values(this.#template.Resources).flatMap(({ Condition: own }) => {
      const name = own === undefined ? undefined : this.#whenBoth(own);
      return name === undefined ? [] : [[name, this.#both(own ?? '')] as const];
    });
    return Object.fromEntries([...own, ...both]);
  }

  resources(): Array<readonly [string, Resource]> {
    return Object.entries(this.#template.Resources).map(([id, resource]) => {
      const { Condition: own, ...is } = this.#outside(resource as unknown as Value) as unknown as Resource;
      const original = resource.Condition;
      const when =
        original === undefined ? this.#stack.Condition : (this.#whenBoth(original) ?? this.#named(original));
      return [id, when === undefined ? is : { ...is, Condition: when }] as const;
    });
  }

  outputs(): Array<readonly [string, Value]> {
    return Object.entries(this.#template.Outputs).map(([name, output]) => [
      name,
      this.#outside((output as Node)['Value'] ?? null),
    ]);
  }

  #named(condition: string): string {
    return `${this.#id}${condition}`;
  }

  /** The condition of a resource that has one, in a stack that has one. */
  #whenBoth(own: string): string | undefined {
    return this.#stack.Condition === undefined ? undefined : `${this.#named(own)}And${this.#stack.Condition}`;
  }

  #both(own: string): Value {
    return { 'Fn::And': [{ Condition: this.#stack.Condition ?? '' }, { Condition: this.#named(own) }] };
  }

  #parameter(name: string): Value | undefined {
    const parameter = this.#template.Parameters[name];
    if (parameter === undefined) return undefined;
    const given = this.#given[name] ?? parameter.Default;
    if (given === undefined) throw new Error(`${this.#id} is not given its parameter ${name}`);
    return parameter.Type === 'CommaDelimitedList' ? { 'Fn::Split': [',', given] } : given;
  }

  #outside(value: Value): Value {
    return replace(
      value,
      (name) => this.#parameter(name),
      (condition) => (condition in this.#template.Conditions ? this.#named(condition) : condition),
    );
  }
}

/** A value with other values for names: those that `Ref`, `Fn::GetAtt` and `Fn::Sub` refer to, and those of conditions. */
function replace(
  value: Value,
  of: (name: string) => Value | undefined,
  condition: (name: string) => string = (name) => name,
): Value {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => replace(one, of, condition));
  const node = value as Node;
  const [[name, argument] = ['', null]] = Object.entries(node);
  if (Object.keys(node).length === 1) {
    if (name === 'Ref') return of(String(argument)) ?? value;
    if (name === 'Fn::GetAtt') return of([argument].flat().join('.')) ?? value;
    if (name === 'Fn::Sub') return substituted(argument, (one) => replace(one, of, condition), of);
    if (name === 'Condition' && typeof argument === 'string') return { Condition: condition(argument) };
    if (name === 'Fn::If') {
      const [when, ...both] = argument as readonly Value[];
      return { 'Fn::If': [condition(String(when)), ...both.map((one) => replace(one, of, condition))] };
    }
  }
  return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, replace(one, of, condition)]));
}

/** A text whose names stand for something else: in the text itself where that is a name, too, or a text. */
function substituted(
  argument: Value,
  inside: (value: Value) => Value,
  of: (name: string) => Value | undefined,
): Value {
  const [text, own] = (Array.isArray(argument) ? argument : [argument, {}]) as unknown as readonly [
    string,
    Node,
  ];
  const variables: Record<string, Value> = {};
  for (const [name, one] of Object.entries(own)) variables[name] = inside(one);
  const made = text.replace(/\$\{([^}!]+)\}/g, (whole, name: string) => {
    const is = name in own ? undefined : of(name);
    if (is === undefined) return whole;
    const short = asText(is);
    if (short !== undefined) return short;
    const variable = name.replaceAll('.', '');
    variables[variable] = is;
    return `\${${variable}}`;
  });
  return { 'Fn::Sub': Object.keys(variables).length === 0 ? made : [made, variables] };
}

function asText(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  const [[name, argument] = ['', null]] = Object.entries((value ?? {}) as Node);
  if (name === 'Ref') return `\${${argument}}`;
  if (name === 'Fn::GetAtt') return `\${${[argument].flat().join('.')}}`;
  return name === 'Fn::Sub' && typeof argument === 'string' ? argument : undefined;
}
