import { randomBytes } from 'node:crypto';
import { CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { type ClientOptions, dynamoClient } from '@holdfast/core/aws/clients.ts';
import { DynamoCatalog } from '@holdfast/core/aws/dynamo-catalog.ts';

/** A catalog in a new table, and the table's name. The template's table has these keys, too: the infra tests look at that. */
export async function cloudCatalog(
  options: ClientOptions,
): Promise<{ catalog: DynamoCatalog; table: string }> {
  const client = dynamoClient(options);
  const TableName = `contract-${randomBytes(6).toString('hex')}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'unprotectedOf', AttributeType: 'S' },
      ],
      KeySchema: keySchema('pk'),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'unprotected',
          KeySchema: keySchema('unprotectedOf'),
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
  return { catalog: new DynamoCatalog(client, { table: TableName, retentionDays: 30 }), table: TableName };
}

function keySchema(partition: string) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ];
}
