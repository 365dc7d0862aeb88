import * as v from 'valibot';

/** Values by names that somebody else chose: user metadata, tags, columns of a table. */
export type NamedValues<T> = Readonly<Record<string, T>>;

/**
 * The one way to make them: without a prototype, so that `__proto__`, `constructor` and `toString` are names like any
 * other, there when they were given and not there when they were not.
 */
export function namedValues<T>(pairs: Iterable<readonly [name: string, value: T]>): Record<string, T> {
  const values: Record<string, T> = Object.create(null);
  for (const [name, value] of pairs) values[name] = value;
  return values;
}

/** A table of ours that is looked into by a name from outside. */
export function tableOf<T>(entries: NamedValues<T>): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries));
}

/** A schema of them, which keeps every name: `v.record` leaves out three in silence. */
export function namedValuesOf<T extends v.GenericSchema<unknown>>(value: T) {
  return v.pipe(
    v.custom<NamedValues<unknown>>(isObject, 'is no object'),
    v.transform((given) => Object.entries(given)),
    v.array(v.tuple([v.string(), value])),
    v.transform((pairs): NamedValues<v.InferOutput<T>> => namedValues(pairs)),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
