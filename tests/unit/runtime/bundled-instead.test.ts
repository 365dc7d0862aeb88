import { createHash } from 'node:crypto';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { Sha1 } from '@holdfast/core/runtime/native-sha1.ts';
import {
  NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS,
  resolveEndpointDiscoveryConfig,
} from '@holdfast/core/runtime/no-endpoint-discovery.ts';
import { describe, expect, it } from 'vitest';

// What functions are bundled with in place of the SDK's own.

describe('the SHA-1 of the functions', () => {
  it('is that of the bytes so far, and begins anew when it is told to', async () => {
    const sha1 = new Sha1();
    sha1.update(Buffer.from('one'));
    const before = await sha1.digest();
    sha1.update(Buffer.from('two'));
    expect(before).toEqual(createHash('sha1').update('one').digest());
    expect(await sha1.digest()).toEqual(createHash('sha1').update('onetwo').digest());
    sha1.reset();
    sha1.update(Buffer.from('two'));
    expect(await sha1.digest()).toEqual(createHash('sha1').update('two').digest());
    expect(sha1.digestLength).toBe(20);
  });
});

describe('the endpoint discovery of the functions', () => {
  it('leaves a client as it is', () => {
    const config = { region: 'eu-west-1' };
    expect(resolveEndpointDiscoveryConfig(config)).toBe(config);
    expect(NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS.default).toBeUndefined();
    expect(NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS.environmentVariableSelector()).toBeUndefined();
    expect(NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS.configFileSelector()).toBeUndefined();
  });

  it('is asked for by none of the commands that DynamoDB has for tables', () => {
    const client = new DynamoDBClient({ region: 'eu-west-1' });
    const { middlewareStack } = new GetItemCommand({ TableName: 't', Key: {} });
    const steps = [...client.middlewareStack.identify(), ...middlewareStack.identify()];
    expect(steps.filter((step) => /discovery/i.test(step))).toEqual([]);
  });
});
