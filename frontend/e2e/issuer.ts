import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const CLIENT = 'web-page';

interface Grant {
  challenge: string;
  redirectUri: string;
}

/**
 * An OpenID provider on loopback, as strict as Cognito's: authorization code with PKCE (RFC 7636) for one public
 * client, RS256, JWKS, sign-out. Whoever presses its button is `ada`.
 */
export class Issuer {
  url = '';
  /** What the next sign-in gets in place of a code. */
  refusal: { error: string; error_description: string } | undefined;
  /** Redirect URIs asked for at sign-out. */
  readonly signedOutTo: string[] = [];
  readonly challenges: string[] = [];
  /** Access tokens say nothing, and who has signed in stands in an ID token; its key goes without a name. */
  opaque = false;

  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly grants = new Map<string, Grant>();
  private readonly server: Server = createServer((request, answer) => {
    void this.handle(request, answer);
  });

  static async start(): Promise<Issuer> {
    const issuer = new Issuer();
    await new Promise<void>((ready) => issuer.server.listen(0, '127.0.0.1', ready));
    issuer.url = `http://127.0.0.1:${(issuer.server.address() as AddressInfo).port}`;
    return issuer;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((end) => this.server.close(end));
  }

  get options(): string[] {
    return ['--auth', 'oidc', '--oidc-issuer', this.url, '--oidc-audience', CLIENT];
  }

  private async handle(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const json = (status: number, value: unknown) => {
      answer.writeHead(status, {
        'Content-Type': 'application/json',
        'Access-Control-Allow-Origin': '*',
      });
      answer.end(JSON.stringify(value));
    };
    if (url.pathname === '/.well-known/openid-configuration') {
      json(200, {
        issuer: this.url,
        jwks_uri: `${this.url}/keys`,
        authorization_endpoint: `${this.url}/authorize`,
        token_endpoint: `${this.url}/token`,
        end_session_endpoint: `${this.url}/logout`,
      });
    } else if (url.pathname === '/keys') {
      const key = this.keys.publicKey.export({ format: 'jwk' });
      const named = this.opaque ? {} : { kid: 'one' };
      json(200, { keys: [{ ...key, ...named, use: 'sig', alg: 'RS256' }] });
    } else if (url.pathname === '/authorize') {
      this.ask(url.searchParams, answer);
    } else if (url.pathname === '/consent') {
      this.consent(url.searchParams, answer);
    } else if (url.pathname === '/token' && request.method === 'POST') {
      let text = '';
      for await (const piece of request) text += piece;
      this.exchange(new URLSearchParams(text), json);
    } else if (url.pathname === '/logout') {
      const back = url.searchParams.get('logout_uri') ?? '';
      this.signedOutTo.push(back);
      answer.writeHead(302, { Location: back }).end();
    } else {
      json(404, {});
    }
  }

  private ask(parameters: URLSearchParams, answer: ServerResponse): void {
    const sound =
      parameters.get('response_type') === 'code' &&
      parameters.get('client_id') === CLIENT &&
      parameters.get('code_challenge_method') === 'S256' &&
      (parameters.get('state') ?? '').length >= 32;
    answer.writeHead(sound ? 200 : 400, { 'Content-Type': 'text/html' });
    answer.end(
      sound
        ? `<!doctype html><html lang="en"><title>Issuer</title><a href="/consent?${parameters.toString().replace(/&/g, '&amp;')}">Continue as ada</a></html>`
        : 'The request is not one of authorization code with PKCE.',
    );
  }

  private consent(parameters: URLSearchParams, answer: ServerResponse): void {
    const back = new URL(parameters.get('redirect_uri') ?? '');
    back.searchParams.set('state', parameters.get('state') ?? '');
    if (this.refusal) {
      for (const [name, value] of Object.entries(this.refusal)) back.searchParams.set(name, value);
      this.refusal = undefined;
    } else {
      const code = randomUUID();
      const challenge = parameters.get('code_challenge') ?? '';
      this.challenges.push(challenge);
      this.grants.set(code, { challenge, redirectUri: parameters.get('redirect_uri') ?? '' });
      back.searchParams.set('code', code);
    }
    answer.writeHead(302, { Location: back.href }).end();
  }

  private exchange(form: URLSearchParams, json: (status: number, value: unknown) => void): void {
    const code = form.get('code') ?? '';
    const grant = this.grants.get(code);
    this.grants.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (
      !grant ||
      grant.challenge !== challenge ||
      grant.redirectUri !== form.get('redirect_uri') ||
      form.get('client_id') !== CLIENT ||
      form.get('grant_type') !== 'authorization_code'
    ) {
      json(400, { error: 'invalid_grant', error_description: 'The code is not good.' });
      return;
    }
    const tokens = this.opaque
      ? { access_token: `opaque-${randomUUID()}`, id_token: this.token() }
      : { access_token: this.token() };
    json(200, { ...tokens, token_type: 'Bearer', expires_in: 600 });
  }

  private token(): string {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const header = this.opaque ? { alg: 'RS256' } : { alg: 'RS256', kid: 'one' };
    const text = `${part(header)}.${part({
      iss: this.url,
      sub: 'ada',
      aud: CLIENT,
      iat: now,
      exp: now + 600,
    })}`;
    const signature = createSign('RSA-SHA256').update(text).sign(this.keys.privateKey, 'base64url');
    return `${text}.${signature}`;
  }
}
