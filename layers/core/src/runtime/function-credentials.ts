/**
 * What the SDK asks for credentials inside a function, where Lambda puts them into the environment. Bundled in place of
 * the SDK's whole chain of providers (profiles, SSO, instance metadata …), which takes 60 KiB and is never asked.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
