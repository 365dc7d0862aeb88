import { AddressBook } from '../model/address.ts';
import { s3Address } from './s3/address.ts';
import { workDocsAddress } from './workdocs/address.ts';

/** How sources of every kind are named. A new kind is one line here, and one in `all.ts`. */
export const ADDRESSES = new AddressBook([s3Address, workDocsAddress]);
