import { useEffect, useState } from 'react';
import { addressOf, hasCookie, type JobSummary } from './client';
import { refreshJobs, showSummary } from './queries';

// A burst of changes asks for the tables anew no more often than this.
const REFRESH_SPACING_MS = 1_000;

/**
 * Follows the stream of job changes while the tab is seen. It only makes the page quicker: polling goes on
 * beside it, so that nothing is missed where a proxy blocks streams.
 */
export function useLiveJobs(enabled: boolean): void {
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const changed = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', changed);
    return () => document.removeEventListener('visibilitychange', changed);
  }, []);

  // Browsers allow six HTTP/1.1 connections to a host over all tabs, so that a hidden tab gives its own back.
  const follow = enabled && visible && hasCookie();
  useEffect(() => {
    if (!follow) return;
    const stream = new EventSource(addressOf('/jobs/events'));
    let pending: ReturnType<typeof setTimeout> | undefined;
    const refreshSoon = () => {
      pending ??= setTimeout(() => {
        pending = undefined;
        refreshJobs();
      }, REFRESH_SPACING_MS);
    };
    stream.addEventListener('job', (event) => {
      showSummary(JSON.parse(event.data) as JobSummary);
      refreshSoon();
    });
    // The stream is up, perhaps after a pause in which things changed.
    stream.addEventListener('ready', refreshSoon);
    return () => {
      clearTimeout(pending);
      stream.close();
    };
  }, [follow]);
}
