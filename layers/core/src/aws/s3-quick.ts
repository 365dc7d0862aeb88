/**
 * For every request but copies, which may rightly take minutes: without it, a server that says nothing would be waited
 * for as long as for a copy, and two of them are all the time that a function has.
 */
export const QUICK = { requestTimeout: 15_000 };
