/** A value of a template: JSON in which an object of one key, `Ref` or `Fn::…`, may stand for something else. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

export type Resource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, Value>>;
  /** Name of the condition under which it exists. */
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | readonly string[];
};

/** A template as CloudFormation gets it: SAM's resources are translated, intrinsics are in their long form. */
export type Template = {
  readonly Parameters: Readonly<Record<string, { readonly Type: string; readonly Default?: Value }>>;
  readonly Conditions: Readonly<Record<string, Value>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, Value>>;
};
