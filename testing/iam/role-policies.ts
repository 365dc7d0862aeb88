import type { Resource, Value } from './deployed-template.ts';
import { holds, resolve, type Stack, strings } from './resolve-value.ts';

/** One statement of a policy, with its references worked out. */
export type Statement = {
  /** As written: `s3:GetObject`, `sqs:SendMessage*`. */
  readonly actions: readonly string[];
  /** ARNs, possibly with `*`: `arn:aws:s3:::vault/s3/*`. */
  readonly resources: readonly string[];
  readonly condition?: unknown;
};

/** What a role is allowed, and what it is denied whatever allows it. */
export type RolePolicy = { readonly allow: readonly Statement[]; readonly deny: readonly Statement[] };

type RawStatement = {
  readonly Effect: string;
  readonly Action?: Value;
  readonly Resource?: Value;
  readonly Condition?: Value;
};

/**
 * The policies of the core stack's roles, by the roles' logical ids: their own, and those that the stacks of sources
 * put on them. A source stack's parameter for a role is the role's logical id in the core stack, unless told otherwise.
 *
 * @param sources the stack of each source: `templates/source.yaml` with its parameters, as `{ Bucket: 'photos' }`
 */
export function rolePolicies(
  core: Stack,
  sources: readonly Stack[] = [],
): Readonly<Record<string, RolePolicy>> {
  const roles = resources(core, 'AWS::IAM::Role').map(([id, role]) => [id, own(role, core)] as const);
  const attached = [core, ...sources].flatMap(attachedPolicies);
  return Object.fromEntries(
    roles.map(([id, statements]) => {
      const name = core.names?.[id] ?? id;
      const more = attached.filter((policy) => policy.roles.includes(name) || policy.roles.includes(id));
      const all = [...statements, ...more.flatMap((policy) => policy.statements)];
      return [id, { allow: effect(all, 'Allow'), deny: effect(all, 'Deny') }];
    }),
  );
}

type Effective = Statement & { readonly effect: string };

function effect(all: readonly Effective[], wanted: string): Statement[] {
  return all.filter((one) => one.effect === wanted).map(({ effect: _, ...statement }) => statement);
}

function resources({ template }: Stack, type: string): Array<[string, Resource]> {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
}

function own(role: Resource, stack: Stack): Effective[] {
  const policies = (role.Properties?.['Policies'] ?? []) as ReadonlyArray<{ PolicyDocument: Value }>;
  return policies.flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument, stack));
}

function attachedPolicies(stack: Stack): Array<{ roles: string[]; statements: Effective[] }> {
  const named = { ...roleParameters(stack), ...stack.parameters };
  const within = { ...stack, parameters: named };
  return resources(stack, 'AWS::IAM::Policy')
    .filter(([, { Condition }]) => holds(Condition, within))
    .map(([, { Properties = {} }]) => ({
      roles: strings(Properties['Roles'], within),
      statements: statementsOf(Properties['PolicyDocument'] ?? {}, within),
    }));
}

/** A parameter called `CaptureChangesRole` is the role of that logical id. */
function roleParameters({ template }: Stack): Record<string, string> {
  const names = Object.keys(template.Parameters).filter((name) => name.endsWith('Role'));
  return Object.fromEntries(names.map((name) => [name, name]));
}

function statementsOf(document: Value, stack: Stack): Effective[] {
  const { Statement = [] } = document as { readonly Statement?: Value };
  const list = (resolve(Statement, stack) ?? []) as readonly RawStatement[];
  return (Array.isArray(list) ? list : [list]).map((statement: RawStatement) => ({
    effect: statement.Effect,
    actions: strings(statement.Action, stack),
    resources: strings(statement.Resource, stack),
    ...(statement.Condition === undefined ? {} : { condition: statement.Condition }),
  }));
}
