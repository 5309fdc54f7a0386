import { ShieldCheck, ShieldQuestion, ShieldX } from 'lucide';
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';

import type { VaultReport } from '../../../../src/console/api/hub-api.ts';
import { Card } from '../../shared/components/card.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { CommandLine } from '../front/command-line.tsx';
import { copiesText } from '../i18n/text.ts';

/** When the vault was last looked through, what came of it, and how to do it again. */
export function CheckCard({ report }: { report: VaultReport }) {
  const text = copiesText.value;
  const { lastCheck } = report;
  return (
    <Card title={text.check}>
      <div class="flex flex-col gap-4">
        {lastCheck === null ? (
          <Verdict icon={ShieldQuestion} look="bg-base-300" title={text.checkNever}>
            {text.checkNeverText}
          </Verdict>
        ) : (
          <Verdict
            icon={lastCheck.ok ? ShieldCheck : ShieldX}
            look={lastCheck.ok ? 'bg-good-soft text-success' : 'bg-bad-soft text-error'}
            title={lastCheck.ok ? text.checkOk : text.checkBad}
          >
            <RelativeTime ms={lastCheck.timeMs} /> ·{' '}
            {lastCheck.readData ? text.checkRead : text.checkQuick}
            {!lastCheck.ok && (
              <span class="mt-1 block">
                {text.checkBadText(lastCheck.damagedRecords, lastCheck.damagedSnapshots)}
              </span>
            )}
          </Verdict>
        )}
        <div class="flex flex-col gap-2 border-t border-line pt-4">
          <p class="text-sm">{text.checkHow}</p>
          <CommandLine command="rbbackupd check DIR" label={text.checkCopy} />
        </div>
      </div>
    </Card>
  );
}

function Verdict(props: {
  icon: IconNode;
  look: string;
  title: string;
  children: ComponentChildren;
}) {
  return (
    <div class="flex items-start gap-3">
      <span class={`grid size-10 shrink-0 place-items-center rounded-xl ${props.look}`}>
        <Icon of={props.icon} size={20} />
      </span>
      <div class="min-w-0">
        <p class="font-semibold">{props.title}</p>
        <p class="text-sm text-muted">{props.children}</p>
      </div>
    </div>
  );
}
