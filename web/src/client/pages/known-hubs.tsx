import { Server } from 'lucide';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import type { KnownHub } from '../../../../src/console/api/client-api.ts';
import type { Failure } from '../../../../src/console/api/common.ts';
import { toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { showName } from '../../shared/show-name.tsx';
import { chooseHub } from '../api.ts';
import { clientText } from '../i18n/text.ts';
import { clientState } from '../state.ts';

/** Hubs that trust this device already: one press. Nothing if there are none. */
export function KnownHubs() {
  const text = clientText.value;
  const { route } = useLocation();
  const [failure, setFailure] = useState<Failure | null>(null);
  const hubs = clientState.value?.hubs ?? [];
  if (hubs.length === 0) return null;
  const choose = async ({ fingerprint, name }: KnownHub) => {
    try {
      await chooseHub({ fingerprint, name });
      route('/');
    } catch (error) {
      setFailure(toFailure(error));
    }
  };
  return (
    <Card title={text.knownHubs}>
      <ul class="-mx-2 flex flex-col">
        {hubs.map((hub) => (
          <li key={`${hub.fingerprint} ${hub.name}`} class="flex items-center gap-3 p-2">
            <Icon of={Server} class="text-primary" />
            <span class="min-w-0 flex-1">
              <span class="block truncate font-semibold">
                {showName(`${hub.name}@${hub.addresses[0] ?? ''}`)}
              </span>
              <span class="block truncate text-xs text-muted">
                {text.fingerprint} <span class="font-mono">{hub.fingerprint.slice(0, 16)}…</span>
              </span>
            </span>
            <Button size="small" onClick={() => void choose(hub)}>
              {text.takeHub}
            </Button>
          </li>
        ))}
      </ul>
      {failure !== null && <FailureAlert failure={failure} />}
    </Card>
  );
}
