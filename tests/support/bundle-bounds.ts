/** How large one function's bundle may be, in bytes: 30 KiB below the 500 KiB that were the aim. See docs/adr/0040. */
export const BUNDLE_BYTES = 481_280;
/** With the clients of WorkDocs and STS, or readers of zips and tables. */
export const SITE_BUNDLE_BYTES = 583_680;
