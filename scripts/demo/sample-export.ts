import { buffer } from 'node:stream/consumers';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ZipFile } from 'yazl';
import { heading, must } from './show.ts';

const MODIFIED = new Date('2025-03-01T12:00:00Z');
const FILES: Readonly<Record<string, string>> = {
  'My Documents/Plans/budget.txt': 'a budget of 300\n',
  'My Documents/Plans/ünï 🦊.txt': 'names of all kinds\n',
  'comments.csv':
    'File,Comment,Author,Date\nMy Documents/Plans/budget.txt,Is this enough?,bob,2025-02-28T09:00:00Z\n',
  'permissions.csv': 'File,User,Role\nMy Documents/Plans/budget.txt,bob,CONTRIBUTOR\n',
};

/** Shows how an export of AWS's migration tool becomes a site in the vault. */
export async function importSampleExport(id: string, env: NodeJS.ProcessEnv): Promise<void> {
  heading('What most people still have: an export of the migration tool, one zip a user');
  const Bucket = `demo-exports-${id}`;
  const s3 = new S3Client({ forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'carla.zip', Body: await zipOf(FILES) }));
  const site = `workdocs://demo-export-${id}`;
  await must(['import', 'workdocs-export', `s3://${Bucket}/`, '--as', site, '--wait', '--yes'], env);
  await must(['ls', site], env);
}

function zipOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files))
    zip.addBuffer(Buffer.from(content), name, { mtime: MODIFIED });
  zip.end();
  return buffer(zip.outputStream as NodeJS.ReadableStream & AsyncIterable<Buffer>);
}
