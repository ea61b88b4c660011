/** What `config.json` beside the page says: where the API is and how people sign in. */
export interface PageConfig {
  /** Origin of the API; "" is the page's own. */
  api_url: string;
  auth: {
    mode: 'local' | 'oidc' | 'none';
    issuer: string | null;
    client_id: string | null;
    scope: string | null;
    authorization_endpoint: string | null;
    token_endpoint: string | null;
    end_session_endpoint: string | null;
    /** "bearer" where the API is of another origin than the page, so that no cookie can serve. */
    session: 'cookie' | 'bearer';
  };
}

export async function loadConfig(): Promise<PageConfig> {
  const answer = await fetch(`${import.meta.env.BASE_URL}config.json`, { cache: 'no-store' });
  if (!answer.ok) throw new Error(`config.json: the server answered ${answer.status}`);
  return answer.json() as Promise<PageConfig>;
}
