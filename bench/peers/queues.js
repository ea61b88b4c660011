// What durable queues take a second from one client, and how soon a consumer starts: one JSON line a measurement.
// node queues.js redis|bullmq|nats PORT SECONDS
const [kind, port, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const event = {parcel: 't-00042', pad: 'x'.repeat(900)};
const now = () => Number(process.hrtime.bigint()) / 1e6;
const quantile = (values, q) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];
const tell = (row) => console.log(JSON.stringify(row));

const queues = {
  async redis() {
    const Redis = require('ioredis');
    const client = new Redis({host: '127.0.0.1', port});
    return {put: () => client.xadd('events', '*', 'event', JSON.stringify(event))};
  },
  async bullmq() {
    const {Queue, Worker} = require('bullmq');
    const connection = {host: '127.0.0.1', port, maxRetriesPerRequest: null};
    const queue = new Queue('events', {connection, defaultJobOptions: {removeOnComplete: true}});
    await queue.waitUntilReady();
    return {
      put: () => queue.add('event', event),
      async starts(rate) {
        const timed = new Queue('timed', {connection, defaultJobOptions: {removeOnComplete: true}});
        const delays = [];
        const worker = new Worker('timed', async (job) => { delays.push(now() - job.data.at); }, {connection, concurrency: 16});
        await worker.waitUntilReady();
        const begun = now();
        const under = [];
        for (let sent = 0; sent < rate * seconds;) {
          for (const due = Math.floor((now() - begun) / 1e3 * rate); sent < due; sent += 1) {
            under.push(timed.add('event', {...event, at: now()}));
          }
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        await Promise.all(under);
        while (delays.length < under.length) await new Promise((resolve) => setTimeout(resolve, 10));
        return delays;
      },
    };
  },
  async nats() {
    const {connect} = require('nats');
    const client = await connect({servers: `127.0.0.1:${port}`});
    const manager = await client.jetstreamManager();
    await manager.streams.add({name: 'events', subjects: ['events'], storage: 'file'});
    const stream = client.jetstream();
    const bytes = new TextEncoder().encode(JSON.stringify(event));
    return {put: () => stream.publish('events', bytes)};
  },
};

(async () => {
  const queue = await queues[kind]();
  for (const inFlight of [1, 64]) {
    const times = [];
    const begun = now();
    const end = begun + seconds * 1e3;
    await Promise.all(Array.from({length: inFlight}, async () => {
      while (now() < end) {
        const at = now();
        await queue.put();
        times.push(now() - at);
      }
    }));
    const events_s = times.length / ((now() - begun) / 1e3);
    tell({in_flight: inFlight, events_s, p50_ms: quantile(times, 0.5), p99_ms: quantile(times, 0.99)});
  }
  if (queue.starts) {
    const delays = await queue.starts(500);
    tell({rate: 500, p50_ms: quantile(delays, 0.5), p99_ms: quantile(delays, 0.99)});
  }
  process.exit(0);
})();
