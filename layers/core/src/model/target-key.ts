/** How source keys become keys, or names, at the target of a restore. */
export type TargetMapping = {
  /** Put in front of every key. */
  readonly prefix: string;
  /** Taken off every key first. */
  readonly stripPrefix: string;
  /** In place of a beginning, another one; of several that fit, the longest counts. */
  readonly map: readonly { readonly from: string; readonly to: string }[];
};

/** The mapping that a restore request describes. */
export function mappingOf(request: {
  readonly target: { readonly prefix: string };
  readonly stripPrefix: string;
  readonly map: TargetMapping['map'];
}): TargetMapping {
  const { target, stripPrefix, map } = request;
  return { prefix: target.prefix, stripPrefix, map };
}

/** Where a key of the source goes. Empty when nothing is left of it. */
export function targetKey({ prefix, stripPrefix, map }: TargetMapping, key: string): string {
  const rule = ruleFor(map, key);
  if (rule !== undefined) return prefix + rule.to + key.slice(rule.from.length);
  return prefix + (key.startsWith(stripPrefix) ? key.slice(stripPrefix.length) : key);
}

/**
 * Whether an object is the marker of the very folder that the target is: a key that ends in `/`, empty, of which nothing is
 * left there. The target is there, so nothing has to be done.
 *
 * @param target the key at the target
 */
export function isTargetItself(key: string, target: string, size: number): boolean {
  return target === '' && size === 0 && key.endsWith('/');
}

/** What a restore notes of such a marker. */
export const TARGET_ITSELF = {
  reason: 'target-itself',
  detail: 'it is the marker of the folder that the target is: there is nothing to restore of it',
  note: true,
} as const;

/** The source key that would be restored to a key; undefined for a key outside the target. For mappings without a `map`. */
export function sourceKey({ prefix, stripPrefix }: TargetMapping, key: string): string | undefined {
  return key.startsWith(prefix) ? stripPrefix + key.slice(prefix.length) : undefined;
}

/**
 * Beginnings under which keys that are mapped would meet keys that stay as they are: if the source has objects there,
 * two could end as one.
 */
export function contestedPrefixes(map: TargetMapping['map']): string[] {
  return map.map(({ to }) => to).filter((to) => ruleFor(map, to) === undefined);
}

/** Two rules whose results could be the same key. */
export function clashingRules(map: TargetMapping['map']): readonly [string, string] | undefined {
  for (const [index, one] of map.entries()) {
    for (const other of map.slice(index + 1)) {
      if (one.from === other.from) return [one.from, other.from];
      if (one.to.startsWith(other.to) || other.to.startsWith(one.to)) return [one.from, other.from];
    }
  }
  return undefined;
}

function ruleFor(map: TargetMapping['map'], key: string) {
  return map
    .filter(({ from }) => key.startsWith(from))
    .reduce<TargetMapping['map'][number] | undefined>(
      (best, rule) => (best !== undefined && best.from.length >= rule.from.length ? best : rule),
      undefined,
    );
}
