import type { Template } from '../../../testing/iam/deployed-template.ts';
import { functionProblems, logGroupProblems, mappingProblems } from './function-problems.ts';
import { roleProblems, type SourceTemplates, sharedRoles } from './role-problems.ts';
import { bucketProblems, queueProblems, tableProblems, topicProblems } from './store-problems.ts';

/** Everything that makes a deployed core stack, with the stacks of its sources, less safe than it has to be. */
export function problemsOf(core: Template, sources: SourceTemplates): string[] {
  return [
    ...roleProblems(core, sources),
    ...sharedRoles(core),
    ...bucketProblems(core),
    ...tableProblems(core),
    ...queueProblems(core),
    ...topicProblems(core),
    ...functionProblems(core),
    ...mappingProblems(core),
    ...logGroupProblems(core),
  ];
}
