import { lazy, Route, Router } from 'preact-iso';
import {
  Activity,
  Copy,
  Database,
  LayoutDashboard,
  MonitorSmartphone,
  ScrollText,
  Settings,
  Users,
} from 'lucide';
import { useEffect } from 'preact/hooks';

import { FailureAlert } from '../shared/components/alert.tsx';
import { Skeleton } from '../shared/components/card.tsx';
import { FrontPage } from '../shared/shell/front-page.tsx';
import { NotFoundPage } from '../shared/shell/page.tsx';
import { Shell } from '../shared/shell/shell.tsx';
import type { NavItem } from '../shared/shell/nav-item.tsx';
import { showName } from '../shared/show-name.tsx';
import { ElsewherePage } from './front/elsewhere-page.tsx';
import { LoginPage } from './front/login-page.tsx';
import { SetupPage } from './front/setup-page.tsx';
import { hubText } from './i18n/text.ts';
import { OverviewPage } from './pages/overview-page.tsx';
import { SignOutButton } from './pages/sign-out-button.tsx';
import { followHub, hubState, leaveHub, link, session } from './state.ts';

const RunsPage = lazy(() => import('./pages/runs-page.tsx').then((page) => page.RunsPage));
const CopiesPage = lazy(() => import('./pages/copies-page.tsx').then((page) => page.CopiesPage));
const ClientsPage = lazy(() => import('./pages/clients-page.tsx').then((page) => page.ClientsPage));
const PeoplePage = lazy(() => import('./pages/people-page.tsx').then((page) => page.PeoplePage));
const VaultPage = lazy(() => import('./pages/vault-page.tsx').then((page) => page.VaultPage));
const LogPage = lazy(() => import('./pages/log-page.tsx').then((page) => page.LogPage));
const SettingsPage = lazy(() =>
  import('./pages/settings-page.tsx').then((page) => page.SettingsPage),
);

export function HubApp() {
  const who = session.state.value;
  const failure = session.failure.value;
  const isReady = who?.state === 'ready';
  useEffect(() => {
    if (isReady) followHub();
    else leaveHub();
  }, [isReady]);
  if (who === null && failure !== null) {
    return (
      <FrontPage title="rbbackup">
        <FailureAlert failure={failure} onRetry={() => void session.refresh()} />
      </FrontPage>
    );
  }
  switch (who?.state) {
    case undefined:
      return null;
    case 'setup':
      return <SetupPage />;
    case 'setup-elsewhere':
      return <ElsewherePage />;
    case 'login':
      return <LoginPage hub={who.hub} />;
    case 'ready':
      return <SignedIn hub={who.hub} />;
  }
}

function SignedIn({ hub }: { hub: string }) {
  const state = hubState.value;
  // Nothing to show yet, and it comes at once: a frame that fills would only flicker.
  if (state === null && link.value !== 'lost') return null;
  return (
    <Shell
      subtitle={showName(hub)}
      nav={navigation()}
      link={link.value}
      foot={<SignOutButton row />}
    >
      {state === null ? (
        <Skeleton lines={3} class="h-24" />
      ) : (
        <Router>
          <Route path="/" component={OverviewPage} />
          <Route path="/runs" component={RunsPage} />
          <Route path="/copies" component={CopiesPage} />
          <Route path="/clients" component={ClientsPage} />
          <Route path="/people" component={PeoplePage} />
          <Route path="/vault" component={VaultPage} />
          <Route path="/log" component={LogPage} />
          <Route path="/settings" component={SettingsPage} />
          <Route default component={NotFoundPage} />
        </Router>
      )}
    </Shell>
  );
}

function navigation(): NavItem[] {
  const text = hubText.value;
  const state = hubState.value;
  return [
    { href: '/', label: text.navOverview, icon: LayoutDashboard },
    { href: '/runs', label: text.navRuns, icon: Activity, badge: state?.runsTotal ?? 0 },
    { href: '/copies', label: text.navCopies, icon: Copy, badge: state?.warnings ?? 0 },
    { href: '/clients', label: text.navClients, icon: MonitorSmartphone },
    { href: '/people', label: text.navPeople, icon: Users },
    { href: '/vault', label: text.navVault, icon: Database },
    { href: '/log', label: text.navLog, icon: ScrollText },
    { href: '/settings', label: text.navSettings, icon: Settings },
  ];
}
