import { createServer } from 'node:http';

/** Answers, in a process of its own, what a capture asks of S3 and DynamoDB: the least that the SDK takes for success. */
const COPIED =
  '<?xml version="1.0"?><CopyObjectResult><ETag>"9b2cf535f27731c974343645a3985328"</ETag>' +
  '<LastModified>2026-03-01T12:00:00.000Z</LastModified><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>' +
  '</CopyObjectResult>';
const OBJECT = {
  etag: '"9b2cf535f27731c974343645a3985328"',
  'last-modified': 'Sun, 01 Mar 2026 12:00:00 GMT',
  'content-length': '1024',
  'content-type': 'text/plain',
};

const LISTED = `<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated>${Array.from(
  { length: 1000 },
  (_, index) =>
    `<Contents><Key>2026/${index}.jpg</Key><LastModified>2026-03-01T12:00:00.000Z</LastModified>` +
    '<ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag><Size>1024</Size><StorageClass>STANDARD</StorageClass></Contents>',
).join('')}</ListBucketResult>`;

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    if (request.method === 'GET') response.writeHead(200).end(LISTED);
    else if (request.method === 'HEAD') response.writeHead(200, OBJECT).end();
    else if (request.method === 'PUT') response.writeHead(200, { 'x-amz-version-id': 'v1' }).end(COPIED);
    else response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  });
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.(address?.port);
});
process.on('disconnect', () => process.exit());
