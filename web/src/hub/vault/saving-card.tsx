import type { VaultReport } from '../../../../src/console/api/hub-api.ts';
import { Card } from '../../shared/components/card.tsx';
import { formatBytes, formatRatio, share } from '../../shared/format.ts';
import { copiesText } from '../i18n/text.ts';

/** Less is none: it would be shown as 1.0. */
export const WORTH_TELLING = 1.05;

/** From what it stands for to what lies on the disk, in two steps, each in words. */
export function SavingCard({ report }: { report: VaultReport }) {
  const text = copiesText.value;
  const { storedBytes, plainBytes, standsForBytes } = report;
  const whole = Math.max(standsForBytes, plainBytes, storedBytes);
  if (whole === 0 || report.snapshots === 0) {
    return (
      <Card title={text.savingTitle}>
        <p class="text-sm text-muted">{text.savingNone}</p>
      </Card>
    );
  }
  const dedupe = standsForBytes / Math.max(1, plainBytes);
  const compression = plainBytes / Math.max(1, storedBytes);
  return (
    <Card title={text.savingTitle}>
      <ol class="flex flex-col gap-5">
        <Step label={text.barAll} bytes={standsForBytes} whole={whole} look="bg-track" />
        <Step
          label={text.barDifferent}
          bytes={plainBytes}
          whole={whole}
          look="bg-primary/55"
          words={dedupeWords(dedupe)}
        />
        <Step
          label={text.barKept}
          bytes={storedBytes}
          whole={whole}
          look="bg-primary"
          words={
            compression >= WORTH_TELLING
              ? text.compressText(formatRatio(compression))
              : text.compressNone
          }
        />
      </ol>
    </Card>
  );
}

/** More content than the snapshots hold: of backups that are under way, or were interrupted. */
function dedupeWords(ratio: number): string {
  const text = copiesText.value;
  if (ratio >= WORTH_TELLING) return text.dedupeText(formatRatio(ratio));
  return ratio < 1 ? text.notInSnapshots : text.dedupeNone;
}

function Step(props: {
  label: string;
  bytes: number;
  whole: number;
  look: string;
  words?: string;
}) {
  const percent = Math.max(0.6, share(props.bytes, props.whole) * 100);
  return (
    <li>
      <p class="flex items-baseline justify-between gap-4 text-sm">
        <span>{props.label}</span>
        <span class="font-semibold whitespace-nowrap">{formatBytes(props.bytes)}</span>
      </p>
      <div class="mt-1.5 h-3 rounded-full bg-base-200" aria-hidden="true">
        <div
          class={`h-full rounded-full ${props.look}`}
          style={{ width: `${percent.toFixed(2)}%` }}
        />
      </div>
      {props.words !== undefined && <p class="mt-1.5 text-xs text-muted">{props.words}</p>}
    </li>
  );
}
