import { Boxes, House, Settings } from 'lucide';
import { Route, Router, lazy, useLocation } from 'preact-iso';
import { useEffect } from 'preact/hooks';

import { FailureAlert } from '../shared/components/alert.tsx';
import { FrontPage } from '../shared/shell/front-page.tsx';
import { NotFoundPage } from '../shared/shell/page.tsx';
import { Shell } from '../shared/shell/shell.tsx';
import { showName } from '../shared/show-name.tsx';
import { clientText } from './i18n/text.ts';
import { ClosedPage } from './pages/closed-page.tsx';
import { HomePage } from './pages/home-page.tsx';
import { LoginPage } from './pages/login-page.tsx';
import { clientState, followProgram, hasEnded, link, session } from './state.ts';

const BackupPage = lazy(() => import('./pages/backup-page.tsx').then((page) => page.BackupPage));
const ReceivePage = lazy(() => import('./pages/receive-page.tsx').then((page) => page.ReceivePage));
const TaskPage = lazy(() => import('./pages/task-page.tsx').then((page) => page.TaskPage));
const SettingsPage = lazy(() =>
  import('./pages/settings-page.tsx').then((page) => page.SettingsPage),
);
const SnapshotsPage = lazy(() =>
  import('./snapshots/snapshots-page.tsx').then((page) => page.SnapshotsPage),
);

/** Fetched once the first page stands: going to another one then takes no time, and works if the program has stopped. */
const LATER_MS = 1000;
const PAGES = [BackupPage, ReceivePage, TaskPage, SettingsPage, SnapshotsPage];

function usePagesReady(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const page of PAGES) void page.preload().catch(() => {});
    }, LATER_MS);
    return () => clearTimeout(timer);
  }, []);
}

export function ClientApp() {
  const who = session.state.value?.state;
  useEffect(() => {
    if (who === 'ready') followProgram();
  }, [who]);
  const failure = session.failure.value;
  if (who === undefined && failure !== null) {
    return (
      <FrontPage title="rbbackup">
        <FailureAlert failure={failure} onRetry={() => void session.refresh()} />
      </FrontPage>
    );
  }
  if (who === undefined) return null;
  if (who === 'closed') return <ClosedPage />;
  return <Opened />;
}

function Opened() {
  usePagesReady();
  const state = clientState.value;
  const { path } = useLocation();
  // Nothing to show yet, and it comes at once: a frame that fills would only flicker.
  if (state === null && link.value !== 'lost') return null;
  if (state !== null && state.current === null) return <LoginPage />;
  if (path === '/login') return <LoginPage />;
  const text = clientText.value;
  const atWork = state?.tasks.filter((task) => !hasEnded(task)).length ?? 0;
  const hub = state?.current ?? null;
  return (
    <Shell
      subtitle={hub === null ? '' : <>{showName(`${hub.name}@${hub.addresses[0] ?? ''}`)}</>}
      nav={[
        { href: '/', label: text.navHome, icon: House, badge: atWork },
        { href: '/snapshots', label: text.navSnapshots, icon: Boxes },
        { href: '/settings', label: text.navSettings, icon: Settings },
      ]}
      link={link.value}
    >
      <Router>
        <Route path="/" component={HomePage} />
        <Route path="/backup" component={BackupPage} />
        <Route path="/receive" component={ReceivePage} />
        <Route path="/tasks/:id" component={TaskPage} />
        {/* The pages below route for themselves. */}
        <Route path="/snapshots/:rest*" component={SnapshotsPage} />
        <Route path="/settings" component={SettingsPage} />
        <Route default component={NotFoundPage} />
      </Router>
    </Shell>
  );
}
