import { createServer, request as forward, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server } from './server';

/**
 * The page as a content delivery network serves it: its files and a `config.json` of its own, which asks for
 * bearer tokens in place of the cookie; the API behind the same name. Cookies do not pass.
 */
export class Cdn {
  url = '';
  private constructor(private readonly http: HttpServer) {}

  static async start(origin: Server): Promise<Cdn> {
    const config = await (await fetch(`${origin.url}/app/config.json`)).json();
    config.auth.session = 'bearer';
    const to = new URL(origin.url);
    const cdn = new Cdn(
      createServer((request, answer) => {
        if (request.url === '/app/config.json') {
          answer.writeHead(200, { 'Content-Type': 'application/json' });
          answer.end(JSON.stringify(config));
          return;
        }
        const { cookie: _, ...headers } = request.headers;
        const onward = forward(
          { host: to.hostname, port: to.port, method: request.method, path: request.url, headers },
          (reply) => {
            delete reply.headers['set-cookie'];
            answer.writeHead(reply.statusCode ?? 502, reply.headers);
            reply.pipe(answer);
          },
        );
        onward.on('error', () => answer.destroy());
        answer.on('close', () => onward.destroy());
        request.pipe(onward);
      }),
    );
    await new Promise<void>((ready) => cdn.http.listen(0, '127.0.0.1', ready));
    cdn.url = `http://127.0.0.1:${(cdn.http.address() as AddressInfo).port}`;
    return cdn;
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((end) => this.http.close(end));
  }
}
