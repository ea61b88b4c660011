import TopNavigation, {
  type TopNavigationProps,
} from '@cloudscape-design/components/top-navigation';
import { useSyncExternalStore } from 'react';
import { useHref, useNavigate } from 'react-router-dom';
import type { Session } from '../api/session';
import { signOut } from '../features/sign-in/access';
import { currentTheme, setTheme, subscribeTheme, THEMES, type Theme } from './theme';

interface Props {
  session: Session;
  onHelp: () => void;
}

export function TopBar({ session, onHelp }: Props) {
  const navigate = useNavigate();
  const theme = useSyncExternalStore(subscribeTheme, currentTheme);
  const home = useHref('/jobs');
  const logo = `${import.meta.env.BASE_URL}favicon.svg`;
  const signedIn = session.state === 'signed-in' || session.state === 'expired';

  const utilities: TopNavigationProps.Utility[] = [
    {
      type: 'menu-dropdown',
      iconName: 'settings',
      ariaLabel: 'Appearance',
      title: 'Appearance',
      items: THEMES.map(({ id, text }) => ({
        id,
        text,
        itemType: 'checkbox' as const,
        checked: theme === id,
      })),
      onItemClick: ({ detail }) => setTheme(detail.id as Theme),
    },
    {
      type: 'button',
      iconName: 'status-info',
      ariaLabel: 'Help and keyboard shortcuts',
      title: 'Help and keyboard shortcuts',
      onClick: onHelp,
    },
  ];
  if (signedIn) {
    utilities.push({
      type: 'menu-dropdown',
      text: session.userId,
      iconName: 'user-profile',
      ariaLabel: `Signed in as ${session.userId}`,
      items: [{ id: 'sign-out', text: 'Sign out' }],
      onItemClick: () => void signOut(),
    });
  }
  return (
    <div id="top">
      <TopNavigation
        identity={{
          href: home,
          title: 'agent2-ingestor',
          logo: { src: logo, alt: 'Logo' },
          onFollow: (event) => {
            event.preventDefault();
            navigate('/jobs');
          },
        }}
        utilities={utilities}
      />
    </div>
  );
}
