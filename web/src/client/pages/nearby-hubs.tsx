import { Radar, RefreshCw } from 'lucide';
import { useEffect, useState } from 'preact/hooks';

import type { NearbyHub } from '../../../../src/console/api/client-api.ts';
import type { Failure } from '../../../../src/console/api/common.ts';
import { isAbort, toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { nameText, showName } from '../../shared/show-name.tsx';
import { nearbyHubs } from '../api.ts';
import { clientText } from '../i18n/text.ts';

/** Hubs that announce themselves on the local network; picking one fills in the form. */
export function NearbyHubs(props: { onPick: (hub: NearbyHub) => void; onPickInvited: () => void }) {
  const text = clientText.value;
  const [round, setRound] = useState(0);
  const [hubs, setHubs] = useState<readonly NearbyHub[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    setFailure(null);
    setHubs(null);
    nearbyHubs(controller.signal).then(
      (found) => setHubs(found.hubs),
      (error: unknown) => {
        if (isAbort(error)) return;
        setHubs([]);
        setFailure(toFailure(error));
      },
    );
    return () => controller.abort();
  }, [round]);
  const pick = (hub: NearbyHub) => {
    if (hub.open) return props.onPick(hub);
    props.onPickInvited();
    showToast(text.nearbyNeedsCode(nameText(hub.name)));
  };
  return (
    <Card
      title={text.nearby}
      aside={
        <Button
          look="quiet"
          icon={RefreshCw}
          label={text.nearbyAgain}
          busy={hubs === null}
          onClick={() => setRound(round + 1)}
        />
      }
    >
      <div role="status" class="min-h-14">
        {hubs === null && <p class="py-2 text-sm text-muted">{text.nearbyLooking}…</p>}
        {hubs?.length === 0 && failure === null && (
          <p class="py-2 text-sm text-muted">{text.nearbyNone}</p>
        )}
        {failure !== null && <FailureAlert failure={failure} />}
        <ul class="-mx-2 flex flex-col">
          {hubs?.map((hub) => (
            <li key={`${hub.address} ${hub.port}`}>
              <button type="button" class="row-button" onClick={() => pick(hub)}>
                <Icon of={Radar} class="text-primary" />
                <span class="min-w-0 flex-1">
                  <span class="block truncate font-semibold">{showName(hub.name)}</span>
                  <span class="block truncate text-xs text-muted">
                    {showName(hub.address)}:{hub.port} ·{' '}
                    {hub.open ? text.nearbyOpen : text.nearbyInvited}
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
