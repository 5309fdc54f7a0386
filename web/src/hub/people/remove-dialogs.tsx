import { useState } from 'preact/hooks';

import type { User } from '../../../../src/console/api/hub-api.ts';
import { deleteJson, toFailure } from '../../shared/api.ts';
import { failureWords } from '../../shared/components/alert.tsx';
import { ConfirmDialog } from '../../shared/components/dialog.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { nameText } from '../../shared/show-name.tsx';
import { peopleText } from '../i18n/text.ts';
import { hubState } from '../state.ts';

export type Device = User['devices'][number];

/** A person, with all devices, or one device. */
export type Removal = { readonly user: User; readonly device: Device | null };

/** Says what stays before somebody is let in no more. */
export function RemoveDialog(props: { removal: Removal; onClose: () => void; onDone: () => void }) {
  const text = peopleText.value;
  const { user, device } = props.removal;
  const [isBusy, setBusy] = useState(false);
  const isOpen = hubState.value?.hub.open === true;
  const name = nameText(user.name);

  const remove = async () => {
    setBusy(true);
    try {
      if (device === null) {
        await deleteJson(`/api/users/${encodeURIComponent(user.name)}`);
        showToast(text.removed(name));
      } else {
        await deleteJson(`/api/devices/${device.fingerprint}`);
        showToast(text.deviceRemoved);
      }
    } catch (error) {
      showToast(failureWords(toFailure(error)).title, 'bad');
    }
    props.onDone();
    props.onClose();
  };
  return (
    <ConfirmDialog
      title={device === null ? text.removeUserTitle(name) : text.removeDeviceTitle}
      text={
        device === null
          ? text.removeUserText(name, user.devices.length, isOpen)
          : text.removeDeviceText(deviceName(device), isOpen)
      }
      action={text.removeUser}
      busy={isBusy}
      onConfirm={() => void remove()}
      onClose={props.onClose}
    />
  );
}

/** For sentences. */
export function deviceName({ label, fingerprint }: Device): string {
  return label === '' ? fingerprint.slice(0, 16) : nameText(label);
}
