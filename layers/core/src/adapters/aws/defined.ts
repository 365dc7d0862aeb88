/** One property to spread, or none: to the SDK and to the types, an absent value is not an undefined one. */
export function defined<Name extends string, T>(
  name: Name,
  value: T | undefined,
): { readonly [key in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in Name]?: T });
}
