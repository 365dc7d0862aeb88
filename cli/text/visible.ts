import { UNSEEN } from '@holdfast/core/model/visible.ts';

export { visible, visibleKey } from '@holdfast/core/model/visible.ts';

/** JSON that can go to a terminal too. What is escaped reads back as the same text. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSEEN,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
