/** The stack's name in the local cloud. */
export const STACK = 'holdfast';

/** Where `sam deploy` puts the built functions. */
export const ARTIFACTS_BUCKET = 'holdfast-artifacts';

export const REGION = 'us-east-1';

/** The template's parameters as the local cloud has them. */
export const LOCAL_PARAMETERS: Readonly<Record<string, string>> = {
  RestoreTargets: '*',
  ExactRestores: 'true',
  AclRestores: 'true',
  // The emulator speaks plain http and enforces IAM: a policy that denies what is not TLS would deny everything.
  RequireTls: 'false',
};
