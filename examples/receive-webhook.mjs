// Receives Bulwark's webhooks: WEBHOOK_SECRET=whsec_... node examples/receive-webhook.mjs
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  try {
    const message = webhook.verify(body, request.headers); // throws unless we signed it within the last five minutes
    const events = message.type === 'batch' ? message.data.events : [message];
    for (const { type, data } of events) console.log(type, data.finding ? `${data.finding.severity} ${data.finding.message}` : '');
    response.writeHead(204).end(); // only now: anything but a 2xx is sent again
  } catch {
    response.writeHead(401).end();
  }
}).listen(Number(process.env.PORT ?? 8080), '127.0.0.1');
