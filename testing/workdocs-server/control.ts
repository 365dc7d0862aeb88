import type { MemorySite } from '../memory/memory-site.ts';
import type { Spoilt } from '../memory/site-bytes.ts';
import type { SiteModel } from '../memory/site-model.ts';

/** Operations of people that another process can ask for. */
export type Operations = {
  readonly [Name in keyof SiteModel as SiteModel[Name] extends (...args: never[]) => unknown
    ? Name
    : never]: SiteModel[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

export type Controlled = {
  readonly site: MemorySite;
  readonly counts: Map<string, number>;
  readonly defects: string[];
  /** Regions that requests were signed for, in their order. */
  readonly regions: string[];
  /** Moves the server's clock. */
  readonly advance: (ms: number) => void;
  /** Of roles that may be assumed; any, while it is empty. */
  readonly roles: Set<string>;
};

/** What a request to `/_control/<name>` does: an operation of people, or one of the faults below. */
export function control(name: string, args: readonly unknown[], controlled: Controlled): unknown {
  const { site } = controlled;
  const special = SPECIAL[name];
  if (special !== undefined) return special(controlled, args);
  const operation = Reflect.get(site.model, name);
  if (typeof operation !== 'function') throw new Error(`there is no operation ${name}`);
  return plain(Reflect.apply(operation, site.model, args.map(fromWire)));
}

const SPECIAL: Readonly<Record<string, (controlled: Controlled, args: readonly unknown[]) => unknown>> = {
  deny: ({ site }, ids) => addAll(site.model.denied, ids),
  allow: ({ site }) => site.model.denied.clear(),
  spoil: ({ site }, [versionId, how]) => {
    site.spoilt.set(String(versionId), how as Spoilt);
  },
  mend: ({ site }) => site.spoilt.clear(),
  pageSize: ({ site }, [size]) => {
    site.pages.size = Number(size);
  },
  unend: ({ site }) => {
    site.model.ended = undefined;
  },
  advance: ({ advance }, [ms]) => advance(Number(ms)),
  allowRoles: ({ roles }, arns) => addAll(roles, arns),
  counts: ({ counts }) => Object.fromEntries(counts),
  resetCounts: ({ counts }) => counts.clear(),
  defects: ({ defects }) => defects,
};

function addAll(set: Set<string>, values: readonly unknown[]): void {
  for (const value of values) set.add(String(value));
}

/** Bytes come in base64, or as so many of the same pattern: `{ fill: 1000 }`. */
function fromWire(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const bytes = value as { base64?: unknown; fill?: unknown };
  if (typeof bytes.base64 === 'string') return Buffer.from(bytes.base64, 'base64');
  return typeof bytes.fill === 'number' ? Buffer.alloc(bytes.fill, 'holdfast ') : value;
}

/** Sets, maps and generators do not go into JSON. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (inner instanceof Set) return [...inner];
    if (inner instanceof Map) return Object.fromEntries(inner);
    return key === 'bytes' ? undefined : inner;
  });
  return text === undefined ? undefined : JSON.parse(text);
}
