import { CircleCheck, Clock, TicketX } from 'lucide';
import { useState } from 'preact/hooks';

import type { Invitation, Invitations } from '../../../../src/console/api/hub-api.ts';
import { deleteJson, toFailure } from '../../shared/api.ts';
import { FailureAlert, failureWords } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, Skeleton } from '../../shared/components/card.tsx';
import { ConfirmDialog } from '../../shared/components/dialog.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { StatePill } from '../../shared/components/state-pill.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { nowMs } from '../../shared/clock.ts';
import { formatTime } from '../../shared/format.ts';
import { nameText, showName } from '../../shared/show-name.tsx';
import type { Followed } from '../follow.ts';
import { hubText, peopleText } from '../i18n/text.ts';

const FIRST = 8;

/** Open ones first, with those used or expired in the last 30 days. */
export function InvitationsCard({ invitations }: { invitations: Followed<Invitations> }) {
  const text = peopleText.value;
  const [most, setMost] = useState(FIRST);
  const [leaving, setLeaving] = useState<Invitation | null>(null);
  const { data, failure, refresh } = invitations;
  const sorted = data?.invitations.toSorted(
    (one, other) =>
      Number(other.usedMs === null) - Number(one.usedMs === null) ||
      other.expiresMs - one.expiresMs,
  );
  return (
    <Card title={text.invitations} flush>
      {failure !== null && (
        <div class="px-5 pb-3">
          <FailureAlert failure={failure} onRetry={refresh} />
        </div>
      )}
      {sorted === undefined ? (
        <div class="p-5 pt-2">
          <Skeleton lines={2} class="h-10" />
        </div>
      ) : sorted.length === 0 ? (
        <p class="px-5 pb-5 text-sm text-muted">{text.invitationsNone}</p>
      ) : (
        <ul class="divide-y divide-line">
          {sorted.slice(0, most).map((invitation) => (
            <li key={invitation.id}>
              <InvitationRow invitation={invitation} onWithdraw={() => setLeaving(invitation)} />
            </li>
          ))}
        </ul>
      )}
      {sorted !== undefined && sorted.length > most && (
        <div class="border-t border-line px-3 py-2">
          <Button look="quiet" size="small" onClick={() => setMost(most + 50)}>
            {hubText.value.showMore(Math.min(50, sorted.length - most))}
          </Button>
        </div>
      )}
      {leaving !== null && (
        <WithdrawDialog invitation={leaving} onClose={() => setLeaving(null)} onDone={refresh} />
      )}
    </Card>
  );
}

function InvitationRow(props: { invitation: Invitation; onWithdraw: () => void }) {
  const text = peopleText.value;
  const { user, rights, duty, expiresMs, usedMs } = props.invitation;
  const isOpen = usedMs === null && expiresMs > nowMs.value;
  return (
    <div class="flex items-center gap-4 px-5 py-3">
      <div class="min-w-0 flex-1">
        <p class="mb-1 flex flex-wrap items-center gap-x-3 gap-y-1">
          <span class="max-w-full truncate font-semibold">{showName(user)}</span>
          <InvitationPill invitation={props.invitation} isOpen={isOpen} />
        </p>
        <p class="text-xs text-muted">
          {rights === null ? text.asNow : text.rights[rights]} ·{' '}
          {duty !== 'add' && `${text.duty[duty]}\u00a0· `}
          {usedMs !== null ? (
            <RelativeTime ms={usedMs} />
          ) : isOpen ? (
            text.validUntil(formatTime(expiresMs))
          ) : (
            <RelativeTime ms={expiresMs} />
          )}
        </p>
      </div>
      {isOpen && (
        <Button size="small" onClick={props.onWithdraw}>
          {text.withdraw}
          <span class="sr-only"> · {nameText(user)}</span>
        </Button>
      )}
    </div>
  );
}

function InvitationPill({ invitation, isOpen }: { invitation: Invitation; isOpen: boolean }) {
  const text = peopleText.value;
  if (isOpen) {
    return (
      <StatePill tone="good" icon={Clock}>
        {text.open}
      </StatePill>
    );
  }
  const isUsed = invitation.usedMs !== null;
  return (
    <StatePill tone="idle" icon={isUsed ? CircleCheck : TicketX}>
      {isUsed ? text.used : text.expired}
    </StatePill>
  );
}

function WithdrawDialog(props: {
  invitation: Invitation;
  onClose: () => void;
  onDone: () => void;
}) {
  const text = peopleText.value;
  const [isBusy, setBusy] = useState(false);
  const withdraw = async () => {
    setBusy(true);
    try {
      await deleteJson(`/api/invitations/${props.invitation.id}`);
      showToast(text.withdrawn);
    } catch (error) {
      showToast(failureWords(toFailure(error)).title, 'bad');
    }
    props.onDone();
    props.onClose();
  };
  return (
    <ConfirmDialog
      title={text.withdrawTitle}
      text={text.withdrawText(nameText(props.invitation.user))}
      action={text.withdraw}
      busy={isBusy}
      onConfirm={() => void withdraw()}
      onClose={props.onClose}
    />
  );
}
