import { vaultReader } from '@holdfast/core/aws/s3-vault-reader.ts';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { workDocsAddress } from '@holdfast/core/kinds/workdocs/address.ts';
import { workDocsSelection } from '@holdfast/core/kinds/workdocs/selection.ts';
import { parsePlanStep } from '@holdfast/core/model/messages.ts';
import { handlePlanStep } from '@holdfast/core/restore/handle-plan-step.ts';
import { functionWorldWith } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorldWith(process.env, vaultReader);
const { planQueue } = workDocsAddress;
const world = { ...own.world, addresses: ADDRESSES, history: workDocsSelection, planQueue };

/** Plans restores from WorkDocs sites into buckets. */
export const handler = messageHandler(
  (body, delivery) => handlePlanStep(parsePlanStep(body), delivery, world),
  own,
);
