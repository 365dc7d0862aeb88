import { isStoreError } from '@holdfast/core/model/errors.ts';

/** The code with which a request was refused. @throws what it threw, when that was no StoreError */
export async function codeOf(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    if (isStoreError(error)) return error.code;
    throw error;
  }
  return 'not refused';
}
