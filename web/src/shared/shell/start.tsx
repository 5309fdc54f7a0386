import '../styles/styles.css';
import '../theme.ts';

import { Component, render } from 'preact';
import type { ComponentChildren } from 'preact';
import { LocationProvider } from 'preact-iso';

import { Alert } from '../components/alert.tsx';
import { Button } from '../components/button.tsx';
import { sharedText } from '../i18n/text.ts';

/** Not again at once: what is missing may be missing for good. */
const RELOAD_PAUSE_MS = 60_000;
const RELOADED_KEY = 'rbbackup-reloaded';

/** Puts an app on the page. */
export function startApp(app: ComponentChildren): void {
  const root = document.getElementById('app');
  if (root === null) return;
  addEventListener('vite:preloadError', () => void reloadIfReplaced());
  render(
    <FaultBoundary>
      <LocationProvider>{app}</LocationProvider>
    </FaultBoundary>,
    root,
  );
}

/**
 * A part of the page can't be had: either the program does not answer, which the page says by itself, or it was replaced by
 * another version under an open page, and the parts of the old one are gone.
 */
async function reloadIfReplaced(): Promise<void> {
  const lastMs = Number(sessionStorage.getItem(RELOADED_KEY) ?? 0);
  if (Date.now() - lastMs < RELOAD_PAUSE_MS) return;
  const answer = await fetch('/', { cache: 'no-store' }).catch(() => null);
  if (answer?.ok !== true) return;
  sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
  location.reload();
}

/** A fault while drawing ends in a sentence and a button, not in a blank page. */
class FaultBoundary extends Component<{ children: ComponentChildren }, { fault: Error | null }> {
  override state: { fault: Error | null } = { fault: null };

  static override getDerivedStateFromError(fault: Error): { fault: Error } {
    return { fault };
  }

  override render() {
    if (this.state.fault === null) return this.props.children;
    const text = sharedText.value;
    return (
      <main class="mx-auto max-w-xl p-6">
        <h1 class="mb-4">{text.faultTitle}</h1>
        <Alert
          tone="bad"
          title={text.faultText}
          actions={<Button onClick={() => location.reload()}>{text.reload}</Button>}
        >
          <p class="mt-1 font-mono text-xs">{this.state.fault.message}</p>
        </Alert>
      </main>
    );
  }
}
