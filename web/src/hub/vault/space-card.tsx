import type { VaultReport } from '../../../../src/console/api/hub-api.ts';
import { Alert } from '../../shared/components/alert.tsx';
import { Card } from '../../shared/components/card.tsx';
import { ProgressBar } from '../../shared/components/progress-bar.tsx';
import { formatBytes, share } from '../../shared/format.ts';
import { copiesText } from '../i18n/text.ts';
import { outlook } from './growth.ts';

const LOW_SHARE = 0.05;
const LOW_DAYS = 14;

/** What the disk still has room for, and for how long. */
export function SpaceCard({ report }: { report: VaultReport }) {
  const text = copiesText.value;
  const { freeBytes, totalBytes, storedBytes } = report;
  const used = Math.max(0, totalBytes - freeBytes);
  const ahead = outlook(report);
  const isLow =
    share(freeBytes, totalBytes) < LOW_SHARE || (ahead.kind === 'days' && ahead.days < LOW_DAYS);
  const words = {
    unknown: text.daysUnknown,
    shrinking: text.daysShrinking,
    many: text.daysMany,
    days: text.daysLeft(ahead.kind === 'days' ? ahead.days : 0),
  }[ahead.kind];
  return (
    <Card title={text.space}>
      <div class="flex flex-col gap-4">
        <div>
          <p class="mb-2 flex items-baseline justify-between gap-4">
            <span class="text-xl font-semibold tracking-tight">
              {text.spaceFree(formatBytes(freeBytes))}
            </span>
            <span class="text-sm text-muted">{text.spaceOf(formatBytes(totalBytes))}</span>
          </p>
          <ProgressBar
            label={text.spaceUsed}
            done={used}
            total={totalBytes}
            tone={isLow ? 'warn' : 'good'}
          />
        </div>
        <dl class="flex flex-col gap-1 text-sm">
          <Line label={text.spaceUsed} value={formatBytes(used)} />
          <Line label={text.spaceVault} value={formatBytes(storedBytes)} />
        </dl>
        {isLow ? (
          <Alert tone="warn" title={text.spaceLow}>
            <p>{words}</p>
          </Alert>
        ) : (
          <p class="text-sm text-muted">{words}</p>
        )}
      </div>
    </Card>
  );
}

function Line({ label, value }: { label: string; value: string }) {
  return (
    <div class="flex justify-between gap-4">
      <dt class="text-muted">{label}</dt>
      <dd class="text-end whitespace-nowrap">{value}</dd>
    </div>
  );
}
