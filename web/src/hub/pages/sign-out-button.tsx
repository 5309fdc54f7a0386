import { LogOut } from 'lucide';
import { useState } from 'preact/hooks';

import { toFailure } from '../../shared/api.ts';
import { failureWords } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { hubText } from '../i18n/text.ts';
import { signOut } from '../state.ts';

/** Ends the session of this browser. */
export function SignOutButton({ row = false }: { row?: boolean }) {
  const text = hubText.value;
  const [isBusy, setBusy] = useState(false);
  const leave = async () => {
    setBusy(true);
    try {
      await signOut();
    } catch (error) {
      showToast(failureWords(toFailure(error)).title, 'bad');
      setBusy(false);
    }
  };
  if (!row) {
    return (
      <Button icon={LogOut} busy={isBusy} onClick={() => void leave()}>
        {text.signOut}
      </Button>
    );
  }
  return (
    <button type="button" class="row-button text-sm text-muted" onClick={() => void leave()}>
      <Icon of={LogOut} />
      {text.signOut}
    </button>
  );
}
