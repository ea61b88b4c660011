/**
 * Who is signed in, as one value that every part of the page follows. "expired" differs from "signed-out":
 * the page keeps what it shows and asks to sign in over it.
 */
export type Session =
  | { state: 'starting' }
  | { state: 'signed-out'; reason?: string }
  | { state: 'signed-in'; userId: string; operator: boolean }
  | { state: 'expired'; userId: string; operator: boolean };

// Tabs of the same browser share the cookie, so that they tell one another when it comes or goes. In bearer
// mode the token goes along: it lives in memory alone, and the channel reaches our own origin only.
type News = { kind: 'signed-in'; token?: string } | { kind: 'signed-out' };

export class SessionStore {
  private session: Session = { state: 'starting' };
  private listeners = new Set<() => void>();
  private token: string | undefined;
  private channel =
    typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('session');

  /** Called when another tab has signed in, to learn who it is. */
  onSignInElsewhere: () => void = () => {};

  constructor() {
    this.channel?.addEventListener('message', ({ data }: MessageEvent<News>) => {
      if (data.kind === 'signed-out') this.set({ state: 'signed-out' });
      else {
        this.token = data.token ?? this.token;
        this.onSignInElsewhere();
      }
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): Session => this.session;

  bearer(): string | undefined {
    return this.token;
  }

  holdBearer(token: string): void {
    this.token = token;
  }

  /** `operator`: they may look after the event bus, where there is one of ours. */
  signedIn(
    { userId, operator }: { userId: string; operator: boolean },
    tell: 'tell-other-tabs' | 'keep-quiet' = 'keep-quiet',
  ): void {
    this.set({ state: 'signed-in', userId, operator });
    if (tell === 'tell-other-tabs') {
      this.channel?.postMessage({ kind: 'signed-in', token: this.token } satisfies News);
    }
  }

  signedOut(reason?: string): void {
    this.token = undefined;
    this.set({ state: 'signed-out', reason });
    this.channel?.postMessage({ kind: 'signed-out' } satisfies News);
  }

  /** A request was refused for want of a session. */
  refused(): void {
    if (this.session.state === 'signed-in') {
      this.set({ ...this.session, state: 'expired' });
    } else if (this.session.state === 'starting') {
      this.set({ state: 'signed-out' });
    }
  }

  /** Resolves once somebody is signed in; work that must not be lost waits here. */
  async whenSignedIn(signal?: AbortSignal): Promise<void> {
    while (this.session.state !== 'signed-in') {
      await new Promise<void>((resolve, reject) => {
        const end = () => {
          stop();
          signal?.removeEventListener('abort', abort);
        };
        const abort = () => {
          end();
          reject(signal?.reason);
        };
        const stop = this.subscribe(() => {
          end();
          resolve();
        });
        if (signal?.aborted) abort();
        else signal?.addEventListener('abort', abort);
      });
    }
  }

  private set(session: Session): void {
    this.session = session;
    for (const listener of [...this.listeners]) listener();
  }
}

export const isOperator = (current: Session): boolean => 'operator' in current && current.operator;

export const session = new SessionStore();
