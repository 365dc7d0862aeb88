/**
 * What the SDK's DynamoDB client asks for a table's own endpoint with, when it is told to: nobody tells it here. Bundled in
 * place of the SDK's own, which takes 7 KiB.
 */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: undefined,
};

export const resolveEndpointDiscoveryConfig = <T>(config: T): T => config;
