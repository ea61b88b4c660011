import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import { useQuery } from '@tanstack/react-query';
import { useHref, useLocation, useNavigate } from 'react-router-dom';
import { jobQuery } from '../api/queries';
import { BUS_PAGES } from './bus_pages';
import { PageTitle } from './PageTitle';

const PAGES: Record<string, string> = {
  jobs: 'Jobs',
  upload: 'Upload',
  bus: 'Event bus',
  settings: 'Settings and help',
};

/** Where the page stands, from its address; names of jobs and documents come with the job. */
export function Breadcrumbs() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const base = useHref('/').replace(/\/$/, '');
  const [page = '', second, , n] = pathname.split('/').slice(1);
  const jobId = page === 'jobs' ? second : undefined;
  const { data: job } = useQuery({ ...jobQuery(jobId ?? ''), enabled: Boolean(jobId) });

  const items = [{ text: PAGES[page] ?? 'Not found', href: `${base}/${page}` }];
  if (page === 'bus') {
    if (pathname === '/bus/rule') items.push({ text: 'Rules', href: `${base}/bus/rules` });
    const name = new URLSearchParams(search).get('name') ?? 'Add a rule';
    const listed = BUS_PAGES.find(({ path }) => path === pathname);
    items.push({ text: listed?.text ?? name, href: `${base}${pathname}${search}` });
  }
  if (jobId) items.push({ text: job?.job_name || 'Job', href: `${base}/jobs/${jobId}` });
  if (n)
    items.push({ text: job?.files[Number(n)]?.filename ?? 'Document', href: `${base}${pathname}` });
  return (
    <>
      <PageTitle title={items.at(-1)?.text ?? ''} />
      <BreadcrumbGroup
        items={items}
        ariaLabel="Place"
        onFollow={(event) => {
          event.preventDefault();
          navigate(event.detail.href.slice(base.length));
        }}
      />
    </>
  );
}
