import { Gauge, KeyRound, Laptop, Trash2, User as UserIcon } from 'lucide';
import { useState } from 'preact/hooks';

import type { Duty, Rights, User } from '../../../../src/console/api/hub-api.ts';
import { putJson, toFailure } from '../../shared/api.ts';
import { failureWords } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { Select } from '../../shared/components/inputs.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { nameText, showName } from '../../shared/show-name.tsx';
import { peopleText } from '../i18n/text.ts';
import { DUTIES, RIGHTS } from './invite-form.tsx';
import type { Device, Removal } from './remove-dialogs.tsx';
import { deviceName } from './remove-dialogs.tsx';

/** A person: rights, devices, and the way out. */
export function UserRow(props: {
  user: User;
  onRemove: (removal: Removal) => void;
  onLimit: (user: User) => void;
  onChanged: () => void;
}) {
  const text = peopleText.value;
  const { user } = props;
  const name = nameText(user.name);
  return (
    <div class="px-5 py-4">
      <div class="flex flex-wrap items-center gap-x-4 gap-y-3">
        <span class="grid size-10 shrink-0 place-items-center rounded-full bg-good-soft text-primary">
          <Icon of={user.rights === 'admin' ? KeyRound : UserIcon} />
        </span>
        <div class="min-w-0 flex-1 basis-40">
          <p class="truncate font-semibold">{showName(user.name)}</p>
          <p class="text-xs text-muted">
            {text.devices(user.devices.length)} · {text.since} <RelativeTime ms={user.createdMs} />
            {Object.values(user.limits).some((limit) => limit !== null) && ` · ${text.limited}`}
          </p>
        </div>
        <div class="flex items-center gap-2 max-sm:w-full">
          <RightsSelect user={user} onChanged={props.onChanged} />
          <Button
            look="quiet"
            icon={Gauge}
            label={text.limitsOf(name)}
            onClick={() => props.onLimit(user)}
          />
          <Button
            look="quiet"
            icon={Trash2}
            label={text.removeUserOf(name)}
            onClick={() => props.onRemove({ user, device: null })}
          />
        </div>
      </div>
      {user.devices.length === 0 && (
        <p class="mt-2 text-xs text-muted sm:ms-14">{text.noDevices}</p>
      )}
      {user.devices.length > 0 && (
        <ul
          class="mt-3 divide-y divide-line border-t border-line sm:ms-14 sm:divide-none sm:border-none"
          aria-label={text.showDevices}
        >
          {user.devices.map((device) => (
            <li key={device.fingerprint}>
              <DeviceRow
                device={device}
                onRemove={() => props.onRemove({ user, device })}
                onChanged={props.onChanged}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function RightsSelect({ user, onChanged }: { user: User; onChanged: () => void }) {
  const text = peopleText.value;
  const [isBusy, setBusy] = useState(false);
  const change = async (rights: Rights) => {
    setBusy(true);
    try {
      await putJson(`/api/users/${encodeURIComponent(user.name)}`, { rights });
      showToast(text.rightsChanged(nameText(user.name), text.rights[rights]));
    } catch (error) {
      showToast(failureWords(toFailure(error)).title, 'bad');
    } finally {
      setBusy(false);
      onChanged();
    }
  };
  return (
    <div class="max-sm:flex-1 sm:w-40">
      <Select
        label={text.rightsOf(nameText(user.name))}
        value={user.rights}
        options={RIGHTS.map((value) => ({ value, label: text.rights[value] }))}
        disabled={isBusy}
        onChange={(rights) => void change(rights)}
      />
    </div>
  );
}

function DutySelect({ device, onChanged }: { device: Device; onChanged: () => void }) {
  const text = peopleText.value;
  const [isBusy, setBusy] = useState(false);
  const change = async (duty: Duty) => {
    setBusy(true);
    try {
      await putJson(`/api/devices/${device.fingerprint}`, { duty });
      showToast(text.rightsChanged(deviceName(device), text.duty[duty]));
    } catch (error) {
      showToast(failureWords(toFailure(error)).title, 'bad');
    } finally {
      setBusy(false);
      onChanged();
    }
  };
  return (
    <div class="max-sm:grow max-sm:basis-44 sm:w-40">
      <Select
        label={text.dutyOf(deviceName(device))}
        value={device.duty}
        options={DUTIES.map((value) => ({ value, label: text.duty[value] }))}
        disabled={isBusy}
        onChange={(duty) => void change(duty)}
      />
    </div>
  );
}

function DeviceRow(props: { device: Device; onRemove: () => void; onChanged: () => void }) {
  const text = peopleText.value;
  const { device, onRemove } = props;
  return (
    <div class="flex min-h-10 flex-wrap items-center gap-3 py-1.5 text-sm">
      <Icon of={Laptop} size={16} class="text-muted" />
      <div class="flex min-w-0 flex-1 basis-40 flex-wrap items-baseline gap-x-3">
        <span class="min-w-0 truncate">{showName(deviceName(device))}</span>
        <span class="text-xs text-muted">
          {device.paired ? text.paired : text.byName} · {text.seen}{' '}
          <RelativeTime ms={device.lastSeenMs} /> ·{' '}
          <code class="font-mono" title={device.fingerprint}>
            {device.fingerprint.slice(0, 8)}
          </code>
        </span>
      </div>
      {device.paired && <DutySelect device={device} onChanged={props.onChanged} />}
      <Button
        look="quiet"
        size="small"
        icon={Trash2}
        label={`${text.removeDevice}: ${deviceName(device)}`}
        onClick={onRemove}
      />
    </div>
  );
}
