/** The job that something belongs to, behind what it is. */
export function ofJob(jobId: string | undefined): string {
  return jobId === undefined ? '' : ` (job ${jobId})`;
}
