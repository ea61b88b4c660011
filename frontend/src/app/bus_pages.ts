/** The pages of the event bus, as the navigation and the breadcrumbs have them. */
export const BUS_PAGES: readonly { path: string; text: string }[] = [
  { path: '/bus/rules', text: 'Rules' },
  { path: '/bus/deliveries', text: 'Deliveries' },
  { path: '/bus/dead-letters', text: 'Dead letters' },
  { path: '/bus/archives', text: 'Archives and replays' },
];
