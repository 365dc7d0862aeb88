import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { failedCondition, isConditionFailure, isConflict, toCatalogError } from './dynamo-errors.ts';
import { type Change, type Condition, changing, conditional } from './dynamo-expressions.ts';
import { type Item, toItem } from './items.ts';
import { backoffMs, type Pause, realPause } from './retry.ts';

const CONFLICT_ATTEMPTS = 12;

export type Page = { readonly items: readonly Item[]; readonly next: Item | undefined };
export type Query = Omit<QueryCommandInput, 'TableName'>;
type Key = { readonly pk: string; readonly sk: string };

/** One table: requests as the catalog needs them, with errors translated and conflicts tried again. */
export class Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;
  readonly #pause: Pause;

  constructor(client: DynamoDBClient, name: string, pause: Pause = realPause) {
    this.#client = client;
    this.#name = name;
    this.#pause = pause;
  }

  /** Strongly consistent. */
  async get(key: Key): Promise<Item | undefined> {
    const input = { TableName: this.#name, Key: toItem(key), ConsistentRead: true };
    const { Item } = await this.#attempt('read', () => this.#client.send(new GetItemCommand(input)));
    return Item;
  }

  /** @returns false when the condition did not hold */
  put(item: Item, condition: Condition = {}): Promise<boolean> {
    const input = { TableName: this.#name, Item: item, ...conditional(condition) };
    return this.#conditional(() => this.#client.send(new PutItemCommand(input)));
  }

  /** @returns false when the condition did not hold */
  update(key: Key, change: Change, condition: Condition): Promise<boolean> {
    const input = { TableName: this.#name, Key: toItem(key), ...changing(change, condition) };
    return this.#conditional(() => this.#client.send(new UpdateItemCommand(input)));
  }

  async query(query: Query): Promise<Page> {
    const input = { TableName: this.#name, ...query };
    const page = await this.#attempt('list', () => this.#client.send(new QueryCommand(input)));
    return { items: page.Items ?? [], next: page.LastEvaluatedKey };
  }

  /** All items of a partition, strongly consistent. */
  async *partition(pk: string): AsyncGenerator<Item> {
    const query = partitionQuery(pk);
    let next: Item | undefined;
    do {
      const page = await this.query({
        ...query,
        ConsistentRead: true,
        ...(next && { ExclusiveStartKey: next }),
      });
      yield* page.items;
      next = page.next;
    } while (next !== undefined);
  }

  /** Puts one item that must be new and changes another that must exist. @returns the one that was not as it must be */
  async putAndUpdate(item: Item, key: Key, change: Change): Promise<'put' | 'update' | undefined> {
    const put = { TableName: this.#name, Item: item, ...conditional({ exists: false }) };
    const update = { TableName: this.#name, Key: toItem(key), ...changing(change, { exists: true }) };
    const input = { TransactItems: [{ Put: put }, { Update: update }] };
    try {
      await this.#attempt('write', () => this.#client.send(new TransactWriteItemsCommand(input)));
      return undefined;
    } catch (error) {
      const failed = error instanceof Error ? failedCondition(error.cause) : undefined;
      if (failed === undefined) throw error;
      return failed === 0 ? 'put' : 'update';
    }
  }

  async #conditional(send: () => Promise<unknown>): Promise<boolean> {
    try {
      await this.#attempt('write', send);
      return true;
    } catch (error) {
      if (error instanceof Error && isConditionFailure(error.cause)) return false;
      throw error;
    }
  }

  async #attempt<T>(what: string, send: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await send();
      } catch (error) {
        if (!isConflict(error) || attempt + 1 >= CONFLICT_ATTEMPTS) throw toCatalogError(error, what);
        await this.#pause(backoffMs(attempt, 20, 1_000));
      }
    }
  }
}

/** The condition that a query of one whole partition has. */
export function partitionQuery(pk: string): Query {
  return {
    KeyConditionExpression: '#pk = :pk',
    ExpressionAttributeNames: { '#pk': 'pk' },
    ExpressionAttributeValues: toItem({ ':pk': pk }),
  };
}
