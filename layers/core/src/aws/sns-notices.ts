import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { HoldfastError, messageOf } from '../model/errors.ts';
import type { Notice, Notices } from '../ports/notices.ts';

/** One SNS topic: people get the text, programs the attributes, by which subscriptions can also filter. */
export class SnsNotices implements Notices {
  readonly #client: SNSClient;
  readonly #topic: string;

  constructor(client: SNSClient, topic: string) {
    this.#client = client;
    this.#topic = topic;
  }

  async publish({ subject, text, labels, details }: Notice): Promise<void> {
    const values = Object.entries({ ...labels, details: JSON.stringify(details) });
    const MessageAttributes = Object.fromEntries(
      values.map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    );
    const input = { TopicArn: this.#topic, Subject: subject, Message: text, MessageAttributes };
    try {
      await this.#client.send(new PublishCommand(input));
    } catch (error) {
      const why = `publishing to ${this.#topic}: ${messageOf(error)}`;
      throw new HoldfastError(why, 'retry', { cause: error });
    }
  }
}
