import { refreshBus } from '../../api/bus';
import { explain } from '../../api/errors';
import { notify } from '../../app/notices';

/** Does it, says how that went, and shows the bus as it is then. False: it failed. */
export async function act(does: () => Promise<string>, failure: string): Promise<boolean> {
  try {
    notify({ type: 'success', header: await does() });
    return true;
  } catch (error) {
    notify({ type: 'error', header: failure, content: explain(error) });
    return false;
  } finally {
    await refreshBus();
  }
}
