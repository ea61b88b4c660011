import Link, { type LinkProps } from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { useHref, useNavigate } from 'react-router-dom';

interface Props {
  to: string;
  children: ReactNode;
  variant?: LinkProps['variant'];
  ariaLabel?: string;
}

/** A link within the page: no reload, while a new tab, copying and middle clicks work as everywhere. */
export function RouteLink({ to, children, variant = 'primary', ariaLabel }: Props) {
  const navigate = useNavigate();
  return (
    <Link
      href={useHref(to)}
      variant={variant}
      ariaLabel={ariaLabel}
      onFollow={(event) => {
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </Link>
  );
}
