import { sha256 } from '@noble/hashes/sha2';
import { api, body, configure } from '../../api/client';
import { loadConfig, type PageConfig } from '../../api/config';
import { ApiError, explain } from '../../api/errors';
import { session } from '../../api/session';
import { base64url, randomText } from './random';
import { isToken, secretIn } from './secret';
import { claimsOf, type IssuedTokens, tokenToShow } from './tokens';

const BASE = import.meta.env.BASE_URL;
/** Where an OIDC issuer sends people back to; registered with the client there. */
const CALLBACK = `${window.location.origin}${BASE}signed-in`;
const PENDING = 'oidc';
const KNOWN = 'signed-in-before';

interface PendingSignIn {
  state: string;
  verifier: string;
  /** Path and query within the page, or "close" in a window opened for signing in again. */
  returnTo: string;
}

let config: PageConfig | undefined;
export const pageConfig = (): PageConfig | undefined => config;

/**
 * Learns how people sign in here, finishes a sign-in that is under way, and asks who is signed in. Returns the
 * place within the page to go to, where that is another than the address says.
 */
export async function start(): Promise<string | undefined> {
  config = await loadConfig();
  configure(config);
  session.onSignInElsewhere = () => void recognise();
  window.addEventListener('hashchange', () => void followLink());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && session.current().state !== 'signed-in') void recognise();
  });

  const here = new URL(window.location.href);
  if (here.pathname === `${BASE}signed-in`) {
    if (!here.searchParams.has('start')) return finishAtIssuer(here.searchParams);
    await signInAtIssuer('close');
    return undefined;
  }
  if (await followLink()) return undefined;
  await recognise();
  if (
    config.auth.session === 'bearer' &&
    session.current().state === 'signed-out' &&
    remembered()
  ) {
    // A reload loses the token, which lives in memory; the issuer's own session gives a new one.
    await signInAtIssuer(here.pathname + here.search);
  }
  return undefined;
}

async function recognise(): Promise<void> {
  if (config?.auth.session === 'bearer' && !session.bearer()) {
    session.refused();
    return;
  }
  try {
    const { user_id, operator } = await body(api.GET('/auth/session'));
    session.signedIn({ userId: user_id, operator });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
  }
}

/** Signs in by the code in the address, where there is one. */
async function followLink(): Promise<boolean> {
  const code = new URLSearchParams(window.location.hash.slice(1)).get('code');
  if (!code) return false;
  // Gone from the address bar and the history before anything can go wrong.
  window.history.replaceState(
    window.history.state,
    '',
    window.location.pathname + window.location.search,
  );
  try {
    await signInByCode(code);
  } catch (error) {
    const before = session.current().state;
    if (before === 'starting') await recognise();
    // An old link in a browser that is signed in does no harm.
    if (session.current().state !== 'signed-in') session.signedOut(explain(error));
  }
  return true;
}

/**
 * Signs in by what a person pasted: the link, its code alone, or a token that the command line printed.
 * Throws ApiError, whose detail says whether a code is unknown, used or expired.
 */
export async function signInBy(pasted: string): Promise<void> {
  const secret = secretIn(pasted);
  await (isToken(secret) ? acceptToken(secret) : signInByCode(secret));
}

async function signInByCode(code: string): Promise<void> {
  const { user_id, operator } = await body(api.POST('/auth/session', { body: { code } }));
  session.signedIn({ userId: user_id, operator }, 'tell-other-tabs');
}

export async function signInAtIssuer(returnTo: string): Promise<void> {
  const auth = config?.auth;
  if (!auth?.authorization_endpoint || !auth.client_id) {
    session.signedOut(
      'The service does not say where to sign in; its configuration is incomplete.',
    );
    return;
  }
  const pending: PendingSignIn = { state: randomText(), verifier: randomText(), returnTo };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const target = new URL(auth.authorization_endpoint);
  const parameters = {
    response_type: 'code',
    client_id: auth.client_id,
    redirect_uri: CALLBACK,
    scope: auth.scope ?? 'openid',
    state: pending.state,
    code_challenge: base64url(sha256(new TextEncoder().encode(pending.verifier))),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  window.location.assign(target);
}

async function finishAtIssuer(answer: URLSearchParams): Promise<string> {
  const stored = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  const pending = stored ? (JSON.parse(stored) as PendingSignIn) : undefined;
  const back = pending && pending.returnTo !== 'close' ? pending.returnTo : BASE;
  // The code leaves the address bar before anything can go wrong.
  window.history.replaceState(null, '', back);
  try {
    if (answer.has('error')) {
      throw new Error(
        answer.get('error_description') ?? `The issuer answered: ${answer.get('error')}.`,
      );
    }
    if (!pending || answer.get('state') !== pending.state) {
      throw new Error('This sign-in was not started here. Please start again.');
    }
    await acceptToken(await tokenFor(answer.get('code') ?? '', pending.verifier));
    if (pending.returnTo === 'close') window.close();
  } catch (error) {
    session.signedOut(explain(error));
  }
  return back.slice(BASE.length - 1);
}

async function tokenFor(code: string, verifier: string): Promise<string> {
  const auth = config?.auth;
  const answer = await fetch(auth?.token_endpoint ?? '', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: auth?.client_id ?? '',
      code,
      redirect_uri: CALLBACK,
      code_verifier: verifier,
    }),
  });
  const tokens = (await answer.json().catch(() => ({}))) as IssuedTokens & {
    error_description?: string;
  };
  const token = tokenToShow(tokens, auth?.client_id ?? '');
  if (!answer.ok || !token) {
    throw new Error(
      tokens.error_description ?? `The issuer refused the sign-in (${answer.status}).`,
    );
  }
  return token;
}

async function acceptToken(token: string): Promise<void> {
  if (config?.auth.session === 'bearer') {
    session.holdBearer(token);
    sessionStorage.setItem(KNOWN, 'yes');
    // With tokens the service is on AWS, where the bus is EventBridge.
    session.signedIn({ userId: subjectOf(token), operator: false }, 'tell-other-tabs');
    return;
  }
  const { user_id, operator } = await body(
    api.POST('/auth/session', { body: {}, headers: { Authorization: `Bearer ${token}` } }),
  );
  session.signedIn({ userId: user_id, operator }, 'tell-other-tabs');
}

const remembered = (): boolean => sessionStorage.getItem(KNOWN) !== null;

/** For display alone: who may do what is the server's business. */
function subjectOf(token: string): string {
  const claims = claimsOf(token);
  return claims?.email ?? claims?.username ?? claims?.sub ?? 'signed in';
}

/** Opens the issuer in a tab of its own, so that this one keeps everything it shows. */
export function signInAgainAtIssuer(): void {
  window.open(`${BASE}signed-in?start`, '_blank');
}

export async function signOut(): Promise<void> {
  const auth = config?.auth;
  if (auth?.session !== 'bearer') await api.DELETE('/auth/session');
  sessionStorage.removeItem(KNOWN);
  session.signedOut();
  if (auth?.mode === 'oidc' && auth.end_session_endpoint) {
    const target = new URL(auth.end_session_endpoint);
    // `logout_uri` is Cognito's name for what OpenID Connect calls `post_logout_redirect_uri`.
    target.searchParams.set('client_id', auth.client_id ?? '');
    target.searchParams.set('logout_uri', `${window.location.origin}${BASE}`);
    target.searchParams.set('post_logout_redirect_uri', `${window.location.origin}${BASE}`);
    window.location.assign(target);
  }
}
