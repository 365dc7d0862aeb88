/** The account that the buckets of a world in memory belong to, unless said otherwise. */
export const OWN_ACCOUNT = '111122223333';

/** Which account a bucket has to belong to. */
export type OwnerOf = (bucket: string) => string;

/** Expects every bucket to be one's own. */
export const ownAccount: OwnerOf = () => OWN_ACCOUNT;
