import { QUEUES } from '@holdfast/core/model/queues.ts';
import { readConfig } from '@holdfast/core/runtime/config.ts';
import { queueAddresses } from '@holdfast/core/runtime/queue-addresses.ts';
import { describe, expect, it } from 'vitest';
import { deployedTemplate } from '../../testing/iam/deployed-template.ts';
import { resolve } from '../../testing/iam/resolve-value.ts';
import { ofType } from './support/template-resources.ts';

// A new queue is a name in model/queues.ts: what the template has to say of it is missed here, and not by functions that cannot start.

const template = await deployedTemplate('template.yaml');
const stack = { template };
const ids = ofType(template, 'AWS::SQS::Queue').map(({ id }) => id);
const { Queues } = template.Outputs as Readonly<Record<string, { readonly Value: never }>>;
const said = queueAddresses({ Queues: String(resolve(Queues?.Value ?? null, stack)) });

describe('the queues', () => {
  it('are those of the model and their dead-letter queues, and no others', () => {
    const known = QUEUES.flatMap((name) => [said[name].url, said[name].deadLetters]);
    expect(known.toSorted()).toEqual(ids.toSorted());
  });

  it.each(ofType(template, 'AWS::Lambda::Function'))('are what $id is told', ({ is }) => {
    const { Variables } = is['Environment'] as { readonly Variables: never };
    const { queues } = readConfig(resolve(Variables, stack) as Record<string, string>);
    expect(queues).toEqual(Object.fromEntries(QUEUES.map((name) => [name, said[name].url])));
  });

  it.each(QUEUES)('give %s up after eight receives, to the dead letters that the stack names', (name) => {
    const { RedrivePolicy } = template.Resources[said[name].url]?.Properties ?? {};
    const arn = `arn:aws:sqs:us-east-1:111122223333:${said[name].deadLetters}`;
    expect(resolve(RedrivePolicy ?? null, stack)).toEqual({ deadLetterTargetArn: arn, maxReceiveCount: 8 });
  });
});
