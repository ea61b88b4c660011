import Alert from '@cloudscape-design/components/alert';
import AppLayout from '@cloudscape-design/components/app-layout';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import SideNavigation, {
  type SideNavigationProps,
} from '@cloudscape-design/components/side-navigation';
import Spinner from '@cloudscape-design/components/spinner';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { Outlet, useHref, useLocation, useNavigate } from 'react-router-dom';
import { explain } from '../api/errors';
import { useLiveJobs } from '../api/live';
import { healthQuery, queryClient } from '../api/queries';
import { isOperator, session } from '../api/session';
import { start } from '../features/sign-in/access';
import { DropAnywhere } from '../features/upload/DropAnywhere';
import { useFinishedUploads, useUploadNotices } from '../features/upload/upload_notices';
import { Breadcrumbs } from './Breadcrumbs';
import { BUS_PAGES } from './bus_pages';
import { announceEndings } from './finished';
import { healthNotices } from './health_notices';
import { currentlySpoken, currentNotices, dismiss, subscribeNotices } from './notices';
import { refreshesItself, subscribeRefresh } from './refresh';
import { useShortcut } from './shortcuts';
import { TopBar } from './TopBar';
import './shell.css';

const SignInPage = lazy(async () => ({
  default: (await import('../features/sign-in/SignInPage')).SignInPage,
}));
const SignInDialog = lazy(async () => ({
  default: (await import('../features/sign-in/SignInDialog')).SignInDialog,
}));
const HelpDialog = lazy(async () => ({
  default: (await import('../features/help/HelpDialog')).HelpDialog,
}));

// Begun with the script itself, beside the loading of the page's own file.
const started = start();

export function Shell() {
  const current = useSyncExternalStore(session.subscribe, session.current);
  const [failure, setFailure] = useState<unknown>();
  const [help, setHelp] = useState(false);
  const [asking, setAsking] = useState(true);
  const [ready, setReady] = useState(false);
  const navigate = useNavigate();
  useEffect(() => {
    started
      .then((place) => {
        if (place) navigate(place, { replace: true });
        setReady(true);
      })
      .catch(setFailure);
  }, [navigate]);
  useEffect(() => {
    // Somebody else's jobs must not be seen by the next one to sign in.
    if (current.state === 'signed-out') queryClient.clear();
    if (current.state === 'signed-in') {
      setAsking(true);
      void queryClient.invalidateQueries();
    }
  }, [current.state]);
  const showHelp = useCallback(() => setHelp(true), []);
  useShortcut('?', showHelp);

  return (
    <>
      <TopBar session={current} onHelp={showHelp} />
      {failure !== undefined && <Failed error={failure} />}
      {failure === undefined && (!ready || current.state === 'starting') && <Waiting />}
      <Suspense fallback={<Waiting />}>
        {ready && current.state === 'signed-out' && <SignInPage reason={current.reason} />}
        {current.state === 'expired' && asking && (
          <SignInDialog onDismiss={() => setAsking(false)} />
        )}
        {help && <HelpDialog onDismiss={() => setHelp(false)} />}
      </Suspense>
      {ready && (current.state === 'signed-in' || current.state === 'expired') && (
        <SignedIn onSignIn={() => setAsking(true)} />
      )}
    </>
  );
}

function SignedIn({ onSignIn }: { onSignIn: () => void }) {
  const [navigationOpen, setNavigationOpen] = useState(() => window.innerWidth > 1000);
  const live = useSyncExternalStore(subscribeRefresh, refreshesItself);
  const current = useSyncExternalStore(session.subscribe, session.current);
  const navigate = useNavigate();
  const toJobs = useCallback(() => navigate('/jobs'), [navigate]);
  const toUpload = useCallback(() => navigate('/upload'), [navigate]);
  useShortcut('j', toJobs);
  useShortcut('u', toUpload);
  useLiveJobs(live && current.state === 'signed-in');
  useEffect(() => announceEndings(queryClient.getQueryCache()), []);

  return (
    <AppLayout
      headerSelector="#top"
      toolsHide
      navigationOpen={navigationOpen}
      navigationWidth={220}
      onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
      navigation={<Navigation operator={isOperator(current)} />}
      breadcrumbs={<Breadcrumbs />}
      notifications={<Notifications expired={current.state === 'expired'} onSignIn={onSignIn} />}
      content={
        <>
          <Outlet />
          <DropAnywhere />
        </>
      }
      ariaLabels={{ navigation: 'Pages', notifications: 'Notices' }}
    />
  );
}

function Navigation({ operator }: { operator: boolean }) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const base = useHref('/');
  const active = pathname.startsWith('/jobs')
    ? '/jobs'
    : pathname === '/bus/rule'
      ? '/bus/rules'
      : pathname;
  const href = (path: string) => base.replace(/\/$/, '') + path;
  return (
    <SideNavigation
      activeHref={href(active)}
      header={{ text: 'Documents', href: href('/jobs') }}
      onFollow={(event) => {
        if (event.detail.external) return;
        event.preventDefault();
        navigate(event.detail.href.slice(base.replace(/\/$/, '').length));
      }}
      items={[
        { type: 'link', text: 'Jobs', href: href('/jobs') },
        { type: 'link', text: 'Upload', href: href('/upload') },
        ...(operator ? [busSection(href)] : []),
        { type: 'divider' },
        { type: 'link', text: 'Settings and help', href: href('/settings') },
        { type: 'link', text: 'API', href: '/docs', external: true },
      ]}
    />
  );
}

const busSection = (href: (path: string) => string): SideNavigationProps.Section => ({
  type: 'section',
  text: 'Event bus',
  items: BUS_PAGES.map(({ path, text }) => ({ type: 'link', text, href: href(path) })),
});

function Notifications({ expired, onSignIn }: { expired: boolean; onSignIn: () => void }) {
  const notices = useSyncExternalStore(subscribeNotices, currentNotices);
  const spoken = useSyncExternalStore(subscribeNotices, currentlySpoken);
  const uploading = useUploadNotices();
  const health = useQuery(healthQuery());
  useFinishedUploads();
  return (
    <>
      <div className="spoken" role="status" aria-live="polite">
        {spoken}
      </div>
      <Flashbar
        items={[
          ...(expired ? [sessionEnded(onSignIn)] : []),
          ...healthNotices(health.data),
          ...uploading,
          ...notices.map((notice) => ({
            ...notice,
            dismissible: true,
            dismissLabel: 'Dismiss',
            onDismiss: () => dismiss(notice.id),
          })),
        ]}
      />
    </>
  );
}

const sessionEnded = (onSignIn: () => void): FlashbarProps.MessageDefinition => ({
  id: 'session-ended',
  type: 'warning',
  header: 'Your session has ended',
  content: 'What you see may be out of date.',
  action: <Button onClick={onSignIn}>Sign in</Button>,
});

function Waiting() {
  return (
    <Box textAlign="center" padding={{ vertical: 'xxxl' }}>
      <Spinner size="large" />
      <Box variant="span" padding={{ left: 's' }}>
        Loading
      </Box>
    </Box>
  );
}

function Failed({ error }: { error: unknown }) {
  return (
    <Box padding="xxl">
      <Alert
        type="error"
        header="The service does not answer"
        action={<Button onClick={() => window.location.reload()}>Try again</Button>}
      >
        {explain(error)} Check that it is running, then try again.
      </Alert>
    </Box>
  );
}
