import type { NewInvitation } from '../../../../src/console/api/hub-api.ts';
import { Alert } from '../../shared/components/alert.tsx';
import { CopyButton } from '../../shared/components/copy-button.tsx';
import { formatTime } from '../../shared/format.ts';
import { nameText, showName } from '../../shared/show-name.tsx';
import { CommandLine } from '../front/command-line.tsx';
import { peopleText } from '../i18n/text.ts';
import { QrCode } from './qr-code.tsx';

/** A code that was just made: to copy, to type, to scan. */
export function NewCode({ made }: { made: NewInvitation }) {
  const text = peopleText.value;
  const { code, invitation, addresses } = made;
  return (
    <div class="flex flex-col gap-5">
      <Alert tone="warn" title={text.codeOnce}>
        <p>{text.codeOnceText(nameText(invitation.user), formatTime(invitation.expiresMs))}</p>
      </Alert>
      <div class="grid gap-6 sm:grid-cols-[minmax(0,1fr)_14rem]">
        <div class="flex min-w-0 flex-col gap-5">
          <div class="flex flex-col gap-2">
            <h3 class="text-sm">{text.code}</h3>
            <code class="block rounded-lg bg-base-300 p-3 font-mono text-sm break-all">{code}</code>
            <div>
              <CopyButton text={code} label={text.copyCode} />
            </div>
          </div>
          <div class="flex flex-col gap-2">
            <h3 class="text-sm">{text.command}</h3>
            <CommandLine command={`rbbackup login ${code}`} label={text.copyCommand} />
          </div>
          <div class="flex flex-col gap-1 text-sm">
            <h3 class="text-sm">{text.reaches}</h3>
            <ul class="text-muted">
              {addresses.map((address) => (
                <li key={address}>{showName(address)}</li>
              ))}
            </ul>
          </div>
        </div>
        <figure class="m-0 flex flex-col gap-2">
          <h3 class="text-sm">{text.qr}</h3>
          <QrCode text={code} label={text.qrAlt} />
          <figcaption class="text-xs text-muted">{text.qrText}</figcaption>
        </figure>
      </div>
    </div>
  );
}
