import { useState } from 'preact/hooks';

import type { NewInvitation } from '../../../../src/console/api/hub-api.ts';
import { Button } from '../../shared/components/button.tsx';
import { Dialog } from '../../shared/components/dialog.tsx';
import { sharedText } from '../../shared/i18n/text.ts';
import { nameText } from '../../shared/show-name.tsx';
import { peopleText } from '../i18n/text.ts';
import { INVITE_FORM, InviteForm } from './invite-form.tsx';
import { NewCode } from './new-code.tsx';

/** Asks who is invited, and shows the code, once. */
export function InviteDialog({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const text = peopleText.value;
  const [made, setMade] = useState<NewInvitation | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (made === null) {
    return (
      <Dialog
        title={text.inviteTitle}
        onClose={onClose}
        footer={
          <>
            <Button onClick={onClose}>{sharedText.value.cancel}</Button>
            <Button look="primary" type="submit" form={INVITE_FORM} busy={isBusy}>
              {text.make}
            </Button>
          </>
        }
      >
        <InviteForm
          onBusy={setBusy}
          onMade={(invitation) => {
            setMade(invitation);
            onMade();
          }}
        />
      </Dialog>
    );
  }
  return (
    <Dialog
      key={made.invitation.id}
      title={text.codeTitle(nameText(made.invitation.user))}
      onClose={onClose}
      wide
      stays
      footer={
        <>
          <Button onClick={() => setMade(null)}>{text.another}</Button>
          <Button look="primary" onClick={onClose}>
            {text.done}
          </Button>
        </>
      }
    >
      <NewCode made={made} />
    </Dialog>
  );
}
