import type uPlot from 'uplot';

import type { VaultReport } from '../../../../src/console/api/hub-api.ts';
import { chartStyle, useChart } from '../../shared/components/use-chart.ts';
import { formatBytes } from '../../shared/format.ts';

const HEIGHT_PX = 240;
const HOUR_MS = 3_600_000;

/** The size on the disk and before compression over time. For those who don't see it there is a table beside it. */
export function GrowthChart({ history }: { history: VaultReport['history'] }) {
  const host = useChart(history, CHART);
  return <div ref={host} class="h-60 w-full overflow-hidden" aria-hidden="true" />;
}

const CHART = { heightPx: HEIGHT_PX, options, toData: chartData };

function chartData(history: VaultReport['history']): uPlot.AlignedData {
  return [
    history.map(({ timeMs }) => timeMs / 1000),
    history.map(({ plainBytes }) => plainBytes),
    history.map(({ storedBytes }) => storedBytes),
  ];
}

function options(element: HTMLElement, language: string): uPlot.Options {
  const { colour, accent, axis } = chartStyle(element);
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: true },
      y: { range: (_plot, _min, max) => [0, Math.max(1024, (max ?? 0) * 1.08)] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        grid: { show: false },
        values: (plot, ticks) => timeLabels(plot, ticks, language),
      },
      {
        ...axis,
        size: 76,
        gap: 6,
        splits: (_plot, _axis, _min, max) => roundSizes(max),
        values: (_plot, ticks) => ticks.map((tick) => (tick === 0 ? '0' : formatBytes(tick))),
      },
    ],
    series: [
      {},
      { stroke: colour('--muted'), width: 1.5, dash: [5, 4], points: { show: false } },
      { ...accent, width: 2, points: { show: false } },
    ],
  };
}

/** Round sizes up to `most`, three to seven of them: powers of two, as sizes are counted in. */
function roundSizes(most: number): number[] {
  const step = 2 ** Math.ceil(Math.log2(Math.max(1, most) / 6));
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

/** Hours within a few days, else days. */
function timeLabels(plot: uPlot, ticks: readonly number[], language: string): string[] {
  const { min = 0, max = 0 } = plot.scales['x'] ?? {};
  const isShort = ((max ?? 0) - (min ?? 0)) * 1000 < 48 * HOUR_MS;
  const format = new Intl.DateTimeFormat(
    language,
    isShort
      ? { hour: '2-digit', minute: '2-digit', hour12: false }
      : { day: 'numeric', month: 'short' },
  );
  return ticks.map((tick) => format.format(tick * 1000));
}
