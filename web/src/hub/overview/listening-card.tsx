import { CircleSlash, Play, Radio } from 'lucide';
import { useState } from 'preact/hooks';

import type { Failure } from '../../../../src/console/api/common.ts';
import type { HubState } from '../../../../src/console/api/hub-api.ts';
import { deleteJson, putJson, toFailure } from '../../shared/api.ts';
import { Alert, FailureAlert, failureWords, messageText } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { ConfirmDialog } from '../../shared/components/dialog.tsx';
import { StatePill } from '../../shared/components/state-pill.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { showName } from '../../shared/show-name.tsx';
import { addressText, isEveryAddress } from '../address-text.ts';
import { liveText } from '../i18n/text.ts';
import { MoveDialog } from './move-dialog.tsx';

type Open = 'stop' | 'move' | null;

/** Where clients connect, and what can be done about it. */
export function ListeningCard({ state }: { state: HubState }) {
  const text = liveText.value;
  const [open, setOpen] = useState<Open>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { listening, chosen, problem } = state.hub;

  const start = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await putJson('/api/listening', chosen);
      showToast(text.moved(addressText(chosen.host, chosen.port)));
    } catch (error) {
      setFailure(toFailure(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card
      title={text.listening}
      aside={
        listening === null ? (
          <StatePill tone="warn" icon={CircleSlash}>
            {text.notListening}
          </StatePill>
        ) : (
          <StatePill tone="good" icon={Radio}>
            {text.isListening}
          </StatePill>
        )
      }
    >
      <div class="flex flex-col gap-4">
        {listening === null ? (
          <div class="text-sm">
            <p>{text.stoppedText}</p>
            <p class="mt-1 text-muted">{text.wouldListen(addressText(chosen.host, chosen.port))}</p>
          </div>
        ) : (
          <Where address={listening.address} port={listening.port} />
        )}
        {problem !== null && failure === null && (
          <Alert tone="bad" title={text.problem}>
            <p lang="en">
              <bdi>{messageText(problem)}</bdi>
            </p>
          </Alert>
        )}
        {failure !== null && <FailureAlert failure={failure} onRetry={() => void start()} />}
        <div class="flex flex-wrap gap-2">
          {listening === null && (
            <Button look="primary" icon={Play} busy={isBusy} onClick={() => void start()}>
              {text.start}
            </Button>
          )}
          <Button onClick={() => setOpen('move')}>{text.move}</Button>
          {listening !== null && (
            <Button look="danger" onClick={() => setOpen('stop')}>
              {text.stop}
            </Button>
          )}
        </div>
      </div>
      {open === 'stop' && <StopDialog state={state} onClose={() => setOpen(null)} />}
      {open === 'move' && <MoveDialog chosen={chosen} onClose={() => setOpen(null)} />}
    </Card>
  );
}

function Where({ address, port }: { address: string; port: number }) {
  const text = liveText.value;
  return (
    <dl class="grid grid-cols-[minmax(0,1fr)_auto] gap-x-6">
      <div class="min-w-0">
        <dt class="text-xs text-muted">{text.listensAt}</dt>
        <dd class="font-semibold">
          {isEveryAddress(address) ? text.everyAddress : showName(address)}
        </dd>
      </div>
      <div>
        <dt class="text-xs text-muted">{text.port}</dt>
        <dd class="font-semibold">{port}</dd>
      </div>
    </dl>
  );
}

function StopDialog({ state, onClose }: { state: HubState; onClose: () => void }) {
  const text = liveText.value;
  const [isBusy, setBusy] = useState(false);
  const stop = async () => {
    setBusy(true);
    try {
      await deleteJson('/api/listening');
      showToast(text.stopped);
    } catch (error) {
      showToast(failureWords(toFailure(error)).title, 'bad');
    }
    onClose();
  };
  return (
    <ConfirmDialog
      title={text.stopTitle}
      text={text.stopText(state.clients.total, state.runsTotal)}
      action={text.stopConfirm}
      stay={text.stopStay}
      busy={isBusy}
      onConfirm={() => void stop()}
      onClose={onClose}
    />
  );
}
