import type { VaultReport } from '../../../../src/console/api/hub-api.ts';
import { Card } from '../../shared/components/card.tsx';
import { formatBytes, formatTime } from '../../shared/format.ts';
import { copiesText } from '../i18n/text.ts';
import { GrowthChart } from './growth-chart.tsx';
import { thinned } from './growth.ts';

const TABLE_ROWS = 24;

/** How the vault has grown: a chart, a sentence and a table. */
export function GrowthCard({ report }: { report: VaultReport }) {
  const text = copiesText.value;
  const { history } = report;
  const first = history[0];
  const last = history.at(-1);
  if (first === undefined || last === undefined || history.length < 2) {
    return (
      <Card title={text.growth}>
        <p class="text-sm text-muted">{text.growthNone}</p>
      </Card>
    );
  }
  return (
    <Card title={text.growth}>
      <figure class="m-0">
        <figcaption class="mb-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-1 text-sm text-muted">
          <span>
            {text.growthSummary(
              formatBytes(first.storedBytes),
              formatBytes(last.storedBytes),
              formatTime(first.timeMs),
            )}
          </span>
          <span class="flex flex-wrap gap-x-4 text-xs" aria-hidden="true">
            <span class="flex items-center gap-1.5">
              <span class="h-0.5 w-4 rounded bg-primary" />
              {text.growthKept}
            </span>
            <span class="flex items-center gap-1.5">
              <span class="w-4 border-t-2 border-dashed border-current" />
              {text.growthContent}
            </span>
          </span>
        </figcaption>
        <GrowthChart history={history} />
      </figure>
      <details class="mt-3">
        <summary class="link w-fit text-sm">{text.growthTable}</summary>
        <div
          class="mt-3 max-h-80 overflow-auto"
          tabIndex={0}
          role="region"
          aria-label={text.growth}
        >
          <table class="w-full text-sm">
            <caption class="sr-only">{text.growth}</caption>
            <thead class="text-xs text-muted">
              <tr>
                <th scope="col" class="py-1.5 pe-4 text-start font-normal">
                  {text.time}
                </th>
                <th scope="col" class="py-1.5 pe-4 text-end font-normal">
                  {text.growthKept}
                </th>
                <th scope="col" class="py-1.5 text-end font-normal">
                  {text.growthContent}
                </th>
              </tr>
            </thead>
            <tbody>
              {thinned(history, TABLE_ROWS)
                .toReversed()
                .map(({ timeMs, storedBytes, plainBytes }) => (
                  <tr key={timeMs} class="border-t border-line">
                    <th scope="row" class="py-1.5 pe-4 text-start font-normal">
                      {formatTime(timeMs)}
                    </th>
                    <td class="py-1.5 pe-4 text-end">{formatBytes(storedBytes)}</td>
                    <td class="py-1.5 text-end">{formatBytes(plainBytes)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      </details>
    </Card>
  );
}
