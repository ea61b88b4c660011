// BullMQ on Redis (appendfsync always): an HTTP front that adds a job. node bullmq_submit.js PORT REDIS_PORT
const http = require('http');
const {Queue} = require('bullmq');
const queue = new Queue('jobs', {connection: {host: '127.0.0.1', port: Number(process.argv[3])}});
http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    if (request.url === '/health') return response.end('{"status":"healthy"}');
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const job = await queue.add('Document Processing Required', body);
    const answer = JSON.stringify({job_id: job.id, status: 'queued', files_count: body.files.length});
    response.writeHead(202, {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(answer)});
    response.end(answer);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
