import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/registry.ts';
import { deployedTemplate, type Value } from '../../testing/iam/deployed-template.ts';
import { holds, resolve } from '../../testing/iam/resolve-value.ts';
import { references } from './support/template-resources.ts';

const RUNBOOKS = new URL('../../docs/runbooks/', import.meta.url);
const templates = [
  await deployedTemplate('template.yaml'),
  await deployedTemplate('templates/source.yaml'),
  await deployedTemplate('templates/workdocs.yaml'),
];

const alarms = templates.flatMap(({ Resources }) =>
  Object.entries(Resources)
    .filter(([, { Type }]) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(Type))
    .map(([id, { Type, Properties = {} }]) => ({ id, type: Type, is: Properties })),
);
const pages = readdirSync(RUNBOOKS);
const pageOf = (is: Readonly<Record<string, Value>>) =>
  /docs\/runbooks\/([\w-]+\.md)/.exec(JSON.stringify(is['AlarmDescription']))?.[1];

/** The names in the port, which is all that a flow can emit. */
const port = readFileSync(new URL('../../layers/core/src/ports/telemetry.ts', import.meta.url), 'utf8');
const emitted = new Set(port.match(/'([A-Z]\w+)'/g)?.map((name) => name.slice(1, -1)));
const matches = (pattern: RegExp) =>
  [...JSON.stringify(templates).matchAll(pattern)].map((match) => match[1]);

describe('alarms', () => {
  it('are there for what the design names', () => {
    expect(alarms.map(({ id }) => id)).toEqual([
      'RestoreDeadLettersAlarm',
      'RestoreWorkDeadLettersAlarm',
      'ReportDeadLettersAlarm',
      'LagAlarm',
      'HeldDeletionsAlarm',
      'JobFunctionErrorsAlarm',
      'JobFunctionThrottlesAlarm',
      'CaptureDeadLettersAlarm',
      'BacklogDeadLettersAlarm',
      'ReconcileDeadLettersAlarm',
      'CaptureStalledAlarm',
      'WiringDriftAlarm',
      'BucketFunctionErrorsAlarm',
      'BucketFunctionThrottlesAlarm',
      'SiteDeadLettersAlarm',
      'DocumentDeadLettersAlarm',
      'LargeDocumentDeadLettersAlarm',
      'ImportDeadLettersAlarm',
      'SiteRestoreDeadLettersAlarm',
      'SiteFunctionErrorsAlarm',
      'SiteFunctionThrottlesAlarm',
      'MassChangeAlarm',
      'ManyChangesAlarm',
      'UnusualChangesAlarm',
      'ReconcileOverdueAlarm',
      'PulseAlarm',
      'MassChangeAlarm',
      'ManyChangesAlarm',
      'UnusualChangesAlarm',
      'ReconcileOverdueAlarm',
    ]);
  });

  it.each(alarms)('$id names its page, and the page names it or its kind', ({ id, is }) => {
    const page = pageOf(is);
    expect(pages).toContain(page);
    const text = readFileSync(new URL(page ?? '', RUNBOOKS), 'utf8');
    for (const heading of ['**What it means.**', '**Look.**', '**Do.**', '**Over** when'])
      expect(text).toContain(heading);
    expect(text).toContain('`holdfast ');
    // A page for several alarms tells them apart.
    const sharing = alarms.filter((other) => pageOf(other.is) === page);
    if (sharing.length > 1) expect(text).toContain(`\`${id}\``);
  });

  it('tell the topic, except the halves of another one', () => {
    const silent = alarms.filter(({ is }) => references(is['AlarmActions']).length === 0).map(({ id }) => id);
    const halves = ['ManyChangesAlarm', 'UnusualChangesAlarm'];
    expect(silent).toEqual([...halves, ...halves]);
    const rules = alarms.filter(({ id }) => id === 'MassChangeAlarm').map(({ is }) => is['AlarmRule']);
    expect(rules.map((rule) => references(rule))).toEqual([halves, halves]);
  });

  it('say nothing when they are made: CloudWatch would tell of each that it is OK, in a mail', () => {
    expect(alarms.filter(({ is }) => is['OKActions'] !== undefined).map(({ id }) => id)).toEqual([]);
  });

  it.each(['Errors', 'Throttles'])('of %s look at every function once, with room for ten more', (metric) => {
    const groups = alarms.filter(({ id }) => id.endsWith(`Function${metric}Alarm`));
    const watched = groups.map(({ is }) =>
      ((is['Metrics'] ?? []) as Value[]).flatMap((one) =>
        references(one).filter((id) => id !== 'AlarmTopic'),
      ),
    );
    const functions = Object.entries(templates[0]?.Resources ?? {})
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
      .map(([id]) => id);
    expect(watched.flat().sort()).toEqual(functions.sort());
    // Source: CloudWatch user guide, "Limits that apply to alarms based on metric math expressions".
    const room = watched.reduce((sum, group) => sum + 10 - group.length, 0);
    expect(room).toBeGreaterThanOrEqual(10);
    expect(Math.min(...watched.map((group) => 10 - group.length))).toBeGreaterThanOrEqual(0);
  });

  it('of dead letters look at every queue of them once', () => {
    const watched = alarms
      .filter(({ id }) => id.endsWith('DeadLettersAlarm'))
      .flatMap(({ is }) => references(is['Dimensions']));
    const queues = Object.entries(templates[0]?.Resources ?? {})
      .filter(([id, { Type }]) => Type === 'AWS::SQS::Queue' && id.endsWith('DeadLetters'))
      .map(([id]) => id);
    expect(watched.sort()).toEqual(queues.sort());
  });

  it('count only what Holdfast emits', () => {
    const used = matches(/"Namespace":"Holdfast","MetricName":"(\w+)"/g);
    expect(used.length).toBeGreaterThan(4);
    for (const name of used) expect(emitted).toContain(name);
  });
});

it('every page is the page of an alarm', () => {
  expect(pages.filter((page) => !alarms.some(({ is }) => pageOf(is) === page))).toEqual([]);
});

it('commands in the pages exist', () => {
  const commands = pages.flatMap((page) =>
    [...readFileSync(new URL(page, RUNBOOKS), 'utf8').matchAll(/`holdfast (\w+)/g)].map((match) => match[1]),
  );
  expect(commands.length).toBeGreaterThan(10);
  for (const command of commands) expect(Object.keys(COMMANDS)).toContain(command);
});

type Widget = {
  readonly properties: {
    readonly title: string;
    readonly alarms?: readonly string[];
    readonly metrics?: ReadonlyArray<readonly unknown[]>;
  };
};

describe('the dashboard', () => {
  const [template = expect.fail()] = templates;
  const made = (parameters: Readonly<Record<string, string>>): Widget[] => {
    const body = template.Resources['Dashboard']?.Properties?.['DashboardBody'] ?? null;
    return JSON.parse(String(resolve(body, { template, parameters }))).widgets;
  };
  const ofStack = (type: string, parameters: Readonly<Record<string, string>> = {}) =>
    Object.entries(template.Resources)
      .filter(([, { Type, Condition }]) => Type === type && holds(Condition, { template, parameters }))
      .map(([id]) => id);

  it.each([{}, { WorkDocs: 'false' }, { Buckets: 'false' }])(
    'is JSON, and shows every alarm and every function that is there with %j',
    (parameters) => {
      const widgets = made(parameters);
      const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
      const alarm = (id: string) => `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${id}`;
      expect(shown).toEqual(ofStack('AWS::CloudWatch::Alarm', parameters).map(alarm));
      const durations = widgets.find(({ properties }) => properties.title === 'Functions: time, p99');
      const functions = durations?.properties.metrics?.map(([, , , name]) => name);
      expect(functions).toEqual(ofStack('AWS::Lambda::Function', parameters));
    },
  );

  it('shows how much waits in every queue, and how much was given up', () => {
    const counted = made({}).flatMap(({ properties }) =>
      (properties.metrics ?? []).flatMap(([namespace, , , name]) => (namespace === 'AWS/SQS' ? [name] : [])),
    );
    expect(counted.sort()).toEqual(ofStack('AWS::SQS::Queue').sort());
  });

  it('shows every metric that is emitted, but the age that an alarm alone looks at', () => {
    const searched = matches(/MetricName=\\+"(\w+)/g);
    const shown = new Set([...matches(/\[\\"Holdfast\\",\\"(\w+)\\"/g), ...searched]);
    expect([...emitted].filter((name) => !shown.has(name))).toEqual(['ReconcileAge']);
    expect([...shown].filter((name) => !emitted.has(name ?? ''))).toEqual([]);
  });
});
