import type { Template, Value } from './deployed-template.ts';

/** How a template is looked at: with which parameters, and under which names its resources are known. */
export type Stack = {
  readonly template: Template;
  /** Parameter values beside the template's defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Physical names by logical id; a resource that is not listed is called by its logical id. */
  readonly names?: Readonly<Record<string, string>>;
  /** `aws` unless told otherwise. */
  readonly partition?: string;
};

const ACCOUNT = '111122223333';
const REGION = 'us-east-1';

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::StackName': 'holdfast',
  'AWS::URLSuffix': 'amazonaws.com',
};

const here = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;

const ARNS: Readonly<Record<string, (name: string) => string>> = {
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name}`,
  'AWS::DynamoDB::Table': (name) => here('dynamodb', `table/${name}`),
  // Whose Ref is a URL.
  'AWS::SQS::Queue': (name) => here('sqs', name.split('/').at(-1) ?? ''),
  'AWS::SNS::Topic': (name) => here('sns', name),
  'AWS::Logs::LogGroup': (name) => here('logs', `log-group:${name}:*`),
  'AWS::Lambda::Function': (name) => here('lambda', `function:${name}`),
  'AWS::IAM::Role': (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  'AWS::CloudWatch::Alarm': (name) => here('cloudwatch', `alarm:${name}`),
  'AWS::CloudWatch::CompositeAlarm': (name) => here('cloudwatch', `alarm:${name}`),
  'AWS::Events::Rule': (name) => here('events', `rule/${name}`),
};

type Resolved = string | number | boolean | readonly Resolved[] | { readonly [key: string]: Resolved };

/** Works a value out as CloudFormation would. @returns undefined for `AWS::NoValue`. @throws for what it cannot do */
export function resolve(value: Value, stack: Stack): Resolved | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => resolve(one, stack)).filter((one) => one !== undefined);
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? ['', null];
  if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
    return callOf(name)(argument, stack);
  }
  return Object.fromEntries(
    entries.flatMap(([key, one]) => {
      const resolved = resolve(one, stack);
      return resolved === undefined ? [] : [[key, resolved]];
    }),
  );
}

/** The value as a list of strings: one string is a list of one. */
export function strings(value: Value | undefined, stack: Stack): string[] {
  const resolved = value === undefined ? undefined : resolve(value, stack);
  if (resolved === undefined) return [];
  return (Array.isArray(resolved) ? resolved : [resolved]).flat(Number.POSITIVE_INFINITY).map(String);
}

/** Whether a named condition holds. */
export function holds(condition: string | undefined, stack: Stack): boolean {
  if (condition === undefined) return true;
  const value = stack.template.Conditions[condition];
  if (value === undefined) throw new Error(`no condition ${condition}`);
  return truth(value, stack);
}

function truth(value: Value, stack: Stack): boolean {
  const [name, argument] = Object.entries(value ?? {})[0] ?? ['', null];
  const args = (Array.isArray(argument) ? argument : []) as readonly Value[];
  if (name === 'Condition') return holds(String(argument), stack);
  if (name === 'Fn::Not') return !args.some((one) => truth(one, stack));
  if (name === 'Fn::And') return args.every((one) => truth(one, stack));
  if (name === 'Fn::Or') return args.some((one) => truth(one, stack));
  if (name === 'Fn::Equals') {
    const [left, right] = args.map((one) => String(resolve(one, stack)));
    return left === right;
  }
  throw new Error(`no condition function ${name}`);
}

type Call = (argument: Value, stack: Stack) => Resolved | undefined;

const CALLS: Readonly<Record<string, Call>> = {
  Ref: (argument, stack) => ref(String(argument), stack),
  'Fn::GetAtt': (argument, stack) => attribute(argument, stack),
  'Fn::Sub': (argument, stack) => substitute(argument, stack),
  'Fn::Join': (argument, stack) => {
    const [delimiter, list] = argument as readonly [string, Value];
    return strings(list, stack).join(delimiter);
  },
  'Fn::Split': (argument, stack) => {
    const [delimiter, text] = argument as readonly [string, Value];
    return String(resolve(text, stack)).split(delimiter);
  },
  'Fn::If': (argument, stack) => {
    const [condition, yes, no] = argument as readonly [string, Value, Value];
    return resolve(holds(condition, stack) ? yes : no, stack);
  },
};

function callOf(name: string): Call {
  const call = CALLS[name];
  if (call === undefined) throw new Error(`${name} is not known here`);
  return call;
}

function ref(name: string, stack: Stack): Resolved | undefined {
  if (name === 'AWS::NoValue') return undefined;
  if (name === 'AWS::Partition' && stack.partition !== undefined) return stack.partition;
  const pseudo = PSEUDO[name];
  if (pseudo !== undefined) return pseudo;
  const parameter = stack.template.Parameters[name];
  if (parameter === undefined) return physicalName(name, stack);
  const text = stack.parameters?.[name] ?? String(parameter.Default ?? `<${name}>`);
  return parameter.Type === 'CommaDelimitedList' ? text.split(',') : text;
}

function physicalName(logicalId: string, { template, names }: Stack): string {
  const resource = template.Resources[logicalId];
  if (resource === undefined) throw new Error(`nothing is called ${logicalId}`);
  const name = names?.[logicalId] ?? logicalId;
  return resource.Type === 'AWS::SNS::Topic' ? here('sns', name) : name;
}

function attribute(argument: Value, stack: Stack): string {
  const path = typeof argument === 'string' ? argument.split('.') : (argument as readonly string[]);
  const [logicalId = '', name = ''] = path;
  const resource = stack.template.Resources[logicalId];
  const arn = ARNS[resource?.Type ?? ''];
  if (name === 'Arn' && arn !== undefined) return arn(stack.names?.[logicalId] ?? logicalId);
  if (name.endsWith('Name')) return stack.names?.[logicalId] ?? logicalId;
  throw new Error(`${logicalId}.${name} is not known here`);
}

function substitute(argument: Value, stack: Stack): string {
  const [text, own] = Array.isArray(argument) ? argument : [argument, {}];
  const values = own as Readonly<Record<string, Value>>;
  return String(text).replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const value = values[name];
    if (value !== undefined) return String(resolve(value, stack));
    if (name.includes('.')) return attribute(name, stack);
    return String(ref(name, stack) ?? whole);
  });
}
