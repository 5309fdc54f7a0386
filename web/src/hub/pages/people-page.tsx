import { UserPlus } from 'lucide';
import { useState } from 'preact/hooks';

import type { Invitations, Users } from '../../../../src/console/api/hub-api.ts';
import { Button } from '../../shared/components/button.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { useFollowed } from '../follow.ts';
import { hubText, peopleText } from '../i18n/text.ts';
import { InvitationsCard } from '../people/invitations-card.tsx';
import { InviteDialog } from '../people/invite-dialog.tsx';
import { UsersCard } from '../people/users-card.tsx';
import { hubState } from '../state.ts';

/** Who may come in: people with their devices, and invitations. */
export function PeoplePage() {
  const text = peopleText.value;
  const [isInviting, setInviting] = useState(false);
  const state = hubState.value;
  // Who uses an invitation connects, and what others change is logged.
  const version = `${state?.clients.version} ${state?.logVersion}`;
  const users = useFollowed<Users>('/api/users', version);
  const invitations = useFollowed<Invitations>('/api/invitations', version);
  return (
    <Page
      title={hubText.value.navPeople}
      lead={text.lead}
      actions={
        <Button look="primary" icon={UserPlus} onClick={() => setInviting(true)}>
          {text.invite}
        </Button>
      }
    >
      <div class="grid items-start gap-4 side:gap-6 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <UsersCard users={users} />
        <InvitationsCard invitations={invitations} />
      </div>
      {isInviting && (
        <InviteDialog onClose={() => setInviting(false)} onMade={invitations.refresh} />
      )}
    </Page>
  );
}
