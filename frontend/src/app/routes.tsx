import { createBrowserRouter, Navigate } from 'react-router-dom';
import { NotFound } from './NotFound';
import { PageError } from './PageError';
import { Shell } from './Shell';

// Each page is a file of its own, fetched when it is first opened.
export const router = createBrowserRouter(
  [
    {
      element: <Shell />,
      errorElement: <PageError />,
      children: [
        { index: true, element: <Navigate to="/jobs" replace /> },
        {
          path: 'jobs',
          lazy: async () => ({ Component: (await import('../features/jobs/JobsPage')).JobsPage }),
        },
        {
          path: 'jobs/:jobId',
          lazy: async () => ({ Component: (await import('../features/job/JobPage')).JobPage }),
        },
        {
          path: 'jobs/:jobId/documents/:n',
          lazy: async () => ({
            Component: (await import('../features/document/DocumentPage')).DocumentPage,
          }),
        },
        {
          path: 'upload',
          lazy: async () => ({
            Component: (await import('../features/upload/UploadPage')).UploadPage,
          }),
        },
        {
          path: 'settings',
          lazy: async () => ({
            Component: (await import('../features/settings/SettingsPage')).SettingsPage,
          }),
        },
        {
          path: 'bus',
          lazy: async () => ({
            Component: (await import('../features/bus/OperatorsOnly')).OperatorsOnly,
          }),
          children: [
            { index: true, element: <Navigate to="/bus/rules" replace /> },
            {
              path: 'rules',
              lazy: async () => ({
                Component: (await import('../features/bus/RulesPage')).RulesPage,
              }),
            },
            {
              path: 'rule',
              lazy: async () => ({
                Component: (await import('../features/bus/RulePage')).RulePage,
              }),
            },
            {
              path: 'deliveries',
              lazy: async () => ({
                Component: (await import('../features/bus/DeliveriesPage')).DeliveriesPage,
              }),
            },
            {
              path: 'dead-letters',
              lazy: async () => ({
                Component: (await import('../features/bus/DeadLettersPage')).DeadLettersPage,
              }),
            },
            {
              path: 'archives',
              lazy: async () => ({
                Component: (await import('../features/bus/ArchivesPage')).ArchivesPage,
              }),
            },
          ],
        },
        { path: '*', element: <NotFound /> },
      ],
    },
  ],
  {
    basename: import.meta.env.BASE_URL.replace(/\/$/, ''),
    future: { v7_relativeSplatPath: true },
  },
);
