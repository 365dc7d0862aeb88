import type { RolePolicy, Statement } from './role-policies.ts';

/** Whether a role may do something, as IAM decides: a denial wins over whatever allows it. Conditions are not judged. */
export function isAllowed({ allow, deny }: RolePolicy, action: string, resource: string): boolean {
  const speaksOf = ({ actions, resources }: Statement) =>
    actions.some((one) => matches(one, action, 'i')) && resources.some((one) => matches(one, resource, ''));
  return allow.some(speaksOf) && !deny.some(speaksOf);
}

function matches(pattern: string, text: string, flags: string): boolean {
  const regex = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${regex}$`, `s${flags}`).test(text);
}
