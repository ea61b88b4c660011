import { ApiError, explain, mayPass } from '../../api/errors';
import { session } from '../../api/session';
import { TransferError } from './transfer';

/** Asks the API on behalf of a transfer, and waits where the user has to sign in first. */
export async function whenSignedIn<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    await session.whenSignedIn(signal);
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ApiError && error.status === 401) continue;
      throw new TransferError(explain(error), mayPass(error));
    }
  }
}
