type Certain<T> = { [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name] };
type Possible<T> = {
  [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined>;
};

/** The fields that have a value, to spread: to the types, and in what is stored, an absent field is not an undefined one. */
export function defined<T extends object>(fields: T): Certain<T> & Possible<T> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Certain<T> & Possible<T>;
}
