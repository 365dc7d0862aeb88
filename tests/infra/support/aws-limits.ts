import type { Template, Value } from '../../../testing/iam/deployed-template.ts';
import { holds, resolve, type Stack } from '../../../testing/iam/resolve-value.ts';
import { ofType, type Properties, references, statementsIn } from './template-resources.ts';

/** What AWS refuses, and emulators and linters take: so much, and no more, of something in each of a template's places. */
export type Limit = {
  readonly what: string;
  readonly most: number;
  /** The page of AWS's documentation that says so. */
  readonly source: string;
  readonly measure: (stack: Stack, text: string) => ReadonlyArray<readonly [where: string, size: number]>;
};

const bytes = (value: unknown) =>
  Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
const made = (value: Value | undefined, stack: Stack) => resolve(value ?? null, stack);

/** The resources of a type that are there, each with a property worked out. */
function each(type: string, property: string, size: (value: unknown, is: Properties) => number) {
  return (stack: Stack) =>
    ofType(stack.template, type)
      .filter(({ resource }) => holds(resource.Condition, stack))
      .filter(({ is }) => is[property] !== undefined)
      .map(({ id, is }) => [id, size(made(is[property], stack), is)] as const);
}

const parts = (name: 'Parameters' | 'Outputs' | 'Resources') => (stack: Stack) =>
  [[name, Object.keys(stack.template[name]).length]] as const;

const length = (value: unknown) => (value as readonly unknown[]).length;

/** Statements of queue policies, with what counts towards a quota of theirs. */
function queueStatements(count: (statements: readonly Properties[]) => number) {
  return each('AWS::SQS::QueuePolicy', 'PolicyDocument', (document) =>
    count(statementsIn(document as Value)),
  );
}

const conditionsOf = (statement: Properties) =>
  Object.values(statement['Condition'] ?? {}).reduce((sum, keys) => sum + Object.keys(keys).length, 0);

/** The inline policies of each role together, as IAM counts: without white space; also those that stacks of sources add. */
export function roleSizes(core: Stack, sources: readonly Stack[] = []): Map<string, number> {
  const sizes = new Map<string, number>();
  const add = (role: string, document: Value | undefined, stack: Stack) =>
    sizes.set(role, (sizes.get(role) ?? 0) + JSON.stringify(made(document, stack)).length);
  for (const { id, is } of ofType(core.template, 'AWS::IAM::Role')) {
    sizes.set(id, 0);
    const own = (is['Policies'] ?? []) as ReadonlyArray<{ readonly PolicyDocument: Value }>;
    for (const { PolicyDocument } of own) add(id, PolicyDocument, core);
  }
  // A source's parameter for a role is called as the role is.
  for (const stack of [core, ...sources])
    for (const { is, resource } of ofType(stack.template, 'AWS::IAM::Policy'))
      if (holds(resource.Condition, stack))
        for (const role of references(is['Roles'])) add(role, is['PolicyDocument'], stack);
  return sizes;
}

/** How many metrics an alarm's expression looks at, and for how many seconds in all. */
const metricsOf = (value: unknown) =>
  (value as ReadonlyArray<Readonly<Record<string, unknown>>>).filter((one) => 'MetricStat' in one).length;
const ALARM = 'AWS::CloudWatch::Alarm';
const RULE = 'AWS::Events::Rule';

const widgets = (value: unknown) =>
  (JSON.parse(String(value)) as { widgets: Array<{ properties: { metrics?: unknown[] } }> }).widgets;

export const LIMITS: readonly Limit[] = [
  {
    what: 'bytes of a template that is given as a body, as the command line does with those of sources',
    most: 51_200,
    source: 'CloudFormation user guide, quotas: "Template body size in a request"',
    measure: ({ template }, text) =>
      'Globals' in template || text.includes('Transform:') ? [] : [['body', bytes(text)]],
  },
  {
    what: 'bytes of a template in a bucket, before SAM and after it',
    most: 1_048_576,
    source: 'CloudFormation user guide, quotas: "Template body size in an Amazon S3 object"',
    measure: ({ template }, text) => [
      ['before', bytes(text)],
      ['after', bytes(template)],
    ],
  },
  {
    what: 'parameters',
    most: 200,
    source: 'CloudFormation user guide, quotas: "Parameters"',
    measure: (stack) => parts('Parameters')(stack) as never,
  },
  {
    what: 'outputs',
    most: 200,
    source: 'CloudFormation user guide, quotas: "Outputs"',
    measure: (stack) => parts('Outputs')(stack) as never,
  },
  {
    what: 'resources',
    most: 500,
    source: 'CloudFormation user guide, quotas: "Resources"',
    measure: (stack) => parts('Resources')(stack) as never,
  },
  {
    what: 'bytes of a template’s description',
    most: 1_024,
    source: 'CloudFormation user guide, quotas: "Template description"',
    measure: ({ template }) => [
      ['Description', bytes((template as unknown as { Description: string }).Description)],
    ],
  },
  {
    what: 'characters of a parameter’s description',
    most: 4_000,
    source: 'CloudFormation user guide, "Parameters": Description',
    measure: ({ template }) =>
      Object.entries(template.Parameters).map(([name, is]) => [
        name,
        (is as { Description?: string }).Description?.length ?? Number.NaN,
      ]),
  },
  {
    what: 'characters of a role’s inline policies together',
    most: 10_240,
    source: 'IAM user guide, "IAM and AWS STS character limits": role policy size, white space not counted',
    measure: (stack) => [...roleSizes(stack)],
  },
  {
    what: 'characters of a role’s trust policy',
    most: 2_048,
    source: 'IAM user guide, "IAM and AWS STS quotas": role trust policy length',
    measure: each('AWS::IAM::Role', 'AssumeRolePolicyDocument', (value) => JSON.stringify(value).length),
  },
  {
    what: 'characters of a policy’s name',
    most: 128,
    source: 'IAM API reference, PutRolePolicy: PolicyName',
    measure: each('AWS::IAM::Policy', 'PolicyName', (value) => String(value).length),
  },
  {
    what: 'bytes of a bucket policy',
    most: 20_480,
    source: 'S3 user guide, "Bucket policies": 20 KB',
    measure: each('AWS::S3::BucketPolicy', 'PolicyDocument', bytes),
  },
  {
    what: 'bytes of a queue policy',
    most: 8_192,
    source: 'SQS developer guide, "Amazon SQS policy quotas": Bytes',
    measure: each('AWS::SQS::QueuePolicy', 'PolicyDocument', bytes),
  },
  {
    what: 'statements of a queue policy',
    most: 20,
    source: 'SQS developer guide, "Amazon SQS policy quotas": Statements',
    measure: queueStatements((statements) => statements.length),
  },
  {
    what: 'conditions of a queue policy',
    most: 10,
    source: 'SQS developer guide, "Amazon SQS policy quotas": Conditions',
    measure: queueStatements((statements) => statements.reduce((sum, one) => sum + conditionsOf(one), 0)),
  },
  {
    what: 'actions in a statement of a queue policy',
    most: 7,
    source: 'SQS developer guide, "Amazon SQS policy quotas": Actions per statement',
    measure: queueStatements((statements) =>
      Math.max(...statements.map(({ Action }) => (Array.isArray(Action) ? Action.length : 1))),
    ),
  },
  {
    what: 'seconds that a message is hidden',
    most: 43_200,
    source: 'SQS developer guide, "Message quotas": visibility timeout, 12 hours',
    measure: each('AWS::SQS::Queue', 'VisibilityTimeout', Number),
  },
  {
    what: 'seconds that a message is kept',
    most: 1_209_600,
    source: 'SQS developer guide, "Message quotas": message retention, 14 days',
    measure: each('AWS::SQS::Queue', 'MessageRetentionPeriod', Number),
  },
  {
    what: 'bytes of a key policy',
    most: 32_768,
    source: 'KMS developer guide, "Resource quotas": key policy document size',
    measure: each('AWS::KMS::Key', 'KeyPolicy', bytes),
  },
  {
    what: 'metrics of an alarm’s expression',
    most: 10,
    source: 'CloudWatch user guide, "Limits that apply to alarms based on metric math expressions"',
    measure: each(ALARM, 'Metrics', metricsOf),
  },
  {
    what: 'seconds that an alarm looks at, in periods of an hour or more',
    most: 604_800,
    source: 'CloudWatch API reference, PutMetricAlarm: EvaluationPeriods',
    measure: each(ALARM, 'Period', (period, is) => Number(period) * Number(is['EvaluationPeriods'])),
  },
  {
    what: 'characters of an alarm’s description',
    most: 1_024,
    source: 'CloudWatch API reference, PutMetricAlarm: AlarmDescription',
    measure: (stack) =>
      [ALARM, 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
        each(type, 'AlarmDescription', (value) => String(value).length)(stack),
      ),
  },
  {
    what: 'characters of a composite alarm’s rule',
    most: 10_240,
    source: 'CloudWatch API reference, PutCompositeAlarm: AlarmRule',
    measure: each('AWS::CloudWatch::CompositeAlarm', 'AlarmRule', (value) => String(value).length),
  },
  {
    what: 'things that an alarm tells',
    most: 5,
    source: 'CloudWatch API reference, PutMetricAlarm: AlarmActions',
    measure: each(ALARM, 'AlarmActions', length),
  },
  {
    what: 'metrics of a widget of a dashboard',
    most: 500,
    source: 'CloudWatch user guide, quotas: "Dashboards": 500 for each widget, 2,500 for each dashboard',
    measure: each('AWS::CloudWatch::Dashboard', 'DashboardBody', (body) =>
      Math.max(...widgets(body).map(({ properties }) => properties.metrics?.length ?? 0)),
    ),
  },
  {
    what: 'characters of a rule’s name',
    most: 64,
    source: 'EventBridge API reference, PutRule: Name',
    measure: each(RULE, 'Name', (value) => String(value).length),
  },
  {
    what: 'characters of a rule’s description',
    most: 512,
    source: 'EventBridge API reference, PutRule: Description',
    measure: each(RULE, 'Description', (value) => String(value).length),
  },
  {
    what: 'characters of a rule’s pattern',
    most: 4_096,
    source: 'EventBridge API reference, PutRule: EventPattern',
    measure: each(RULE, 'EventPattern', (value) => JSON.stringify(value).length),
  },
  {
    what: 'targets of a rule',
    most: 5,
    source: 'EventBridge user guide, quotas: "Targets per rule"',
    measure: each(RULE, 'Targets', length),
  },
  {
    what: 'characters that a rule sends to a target',
    most: 8_192,
    source: 'EventBridge API reference, Target: Input',
    measure: each(RULE, 'Targets', (value) =>
      Math.max(...(value as ReadonlyArray<{ Input?: string }>).map(({ Input = '' }) => Input.length)),
    ),
  },
  {
    what: 'bytes of a function’s environment',
    most: 4_096,
    source: 'Lambda developer guide, quotas: "Function environment variables"',
    measure: each('AWS::Lambda::Function', 'Environment', (value) =>
      bytes((value as { Variables: object }).Variables),
    ),
  },
  {
    what: 'variables of a function’s environment that Lambda keeps for itself',
    most: 0,
    source: 'Lambda developer guide, "Defined runtime environment variables"',
    measure: each(
      'AWS::Lambda::Function',
      'Environment',
      (value) =>
        Object.keys((value as { Variables: object }).Variables).filter((name) =>
          /^(AWS_|LAMBDA_|_HANDLER$|_X_AMZN)|^[^A-Za-z]|^.$|\W/.test(name),
        ).length,
    ),
  },
  {
    what: 'seconds that a function may run',
    most: 900,
    source: 'Lambda developer guide, quotas: "Function timeout"',
    measure: each('AWS::Lambda::Function', 'Timeout', Number),
  },
  {
    what: 'messages of a batch that is not waited for',
    most: 10,
    source:
      'Lambda API reference, CreateEventSourceMapping: a BatchSize above 10 needs a window of a second or more',
    measure: each('AWS::Lambda::EventSourceMapping', 'BatchSize', (size, is) =>
      Number(is['MaximumBatchingWindowInSeconds'] ?? 0) >= 1 ? 0 : Number(size),
    ),
  },
  {
    what: 'fewer than two functions at a time that a mapping may call',
    most: 0,
    source: 'Lambda API reference, ScalingConfig: MaximumConcurrency from 2 to 1,000',
    measure: each('AWS::Lambda::EventSourceMapping', 'ScalingConfig', (value) => {
      const { MaximumConcurrency } = value as { MaximumConcurrency: number };
      return MaximumConcurrency >= 2 && MaximumConcurrency <= 1_000 ? 0 : 1;
    }),
  },
  {
    what: 'rules of a lifecycle',
    most: 1_000,
    source: 'S3 user guide, "Managing your storage lifecycle"',
    measure: each('AWS::S3::Bucket', 'LifecycleConfiguration', (value) =>
      length((value as { Rules: unknown[] }).Rules),
    ),
  },
];

/** What of a stack is above a limit. */
export function aboveLimits(stack: Stack, text: string): string[] {
  return LIMITS.flatMap(({ what, most, measure }) =>
    measure(stack, text)
      .filter(([, size]) => !(size <= most))
      .map(([where, size]) => `${where}: ${size} ${what}, of ${most} at most`),
  );
}

/** Physical names as long as CloudFormation makes them for a stack with a long name. */
export function longNames({ Resources }: Template, stackName: string): Record<string, string> {
  const name = (id: string, type: string) => {
    const physical = `${stackName}-${id}-1A2B3C4D5E6F`;
    if (type === 'AWS::S3::Bucket') return physical.toLowerCase().slice(0, 63);
    return type === 'AWS::SQS::Queue'
      ? `https://sqs.ap-southeast-1.amazonaws.com/111122223333/${physical.slice(0, 80)}`
      : physical.slice(0, 64);
  };
  return Object.fromEntries(Object.entries(Resources).map(([id, { Type }]) => [id, name(id, Type)]));
}
