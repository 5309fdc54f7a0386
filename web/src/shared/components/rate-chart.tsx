import type uPlot from 'uplot';

import { formatRate } from '../format.ts';
import { sharedText } from '../i18n/text.ts';
import { chartStyle, useChart } from './use-chart.ts';

/** As many as a task keeps. */
const SECONDS = 120;
const HEIGHT = 120;

/** The rate of the last two minutes: a line, and for those who don't see it a sentence and a table. */
export function RateChart({ rates }: { rates: readonly number[] }) {
  const host = useChart(rates, CHART);
  return (
    <figure class="m-0 min-w-0">
      <div ref={host} class="h-30 w-full overflow-hidden" aria-hidden="true" />
      <RateWords rates={rates} />
    </figure>
  );
}

const CHART = { heightPx: HEIGHT, options, toData: chartData };

function RateWords({ rates }: { rates: readonly number[] }) {
  const text = sharedText.value;
  const now = rates.at(-1) ?? 0;
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length);
  const peak = Math.max(0, ...rates);
  const samples = rates.map((rate, index) => [rates.length - 1 - index, rate] as const);
  return (
    <>
      <figcaption class="sr-only">
        {text.rateSummary(formatRate(now), formatRate(mean), formatRate(peak))}
      </figcaption>
      <table class="sr-only">
        <caption>{text.rateTable}</caption>
        <thead>
          <tr>
            <th scope="col">{text.secondsAgo}</th>
            <th scope="col">{text.rateTitle}</th>
          </tr>
        </thead>
        <tbody>
          {samples
            .filter(([ago]) => ago % 10 === 0)
            .map(([ago, rate]) => (
              <tr key={ago}>
                <td>{ago}</td>
                <td>{formatRate(rate)}</td>
              </tr>
            ))}
        </tbody>
      </table>
      <dl class="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-xs text-muted" aria-hidden="true">
        {[
          [text.rateNow, now] as const,
          [text.rateMean, mean] as const,
          [text.ratePeak, peak] as const,
        ].map(([name, rate]) => (
          <div key={name} class="flex gap-1.5">
            <dt>{name}</dt>
            <dd class="font-semibold text-base-content">{formatRate(rate)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** Seconds before now on the x axis, newest at the right; what is not there yet is a gap. */
function chartData(rates: readonly number[]): uPlot.AlignedData {
  const lacking = Math.max(0, SECONDS - rates.length);
  return [
    Array.from({ length: SECONDS }, (_, index) => index - SECONDS + 1),
    [...Array.from({ length: lacking }, () => null), ...rates.slice(-SECONDS)],
  ];
}

function options(element: HTMLElement): uPlot.Options {
  const { accent, axis } = chartStyle(element);
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 4, 8, 0],
    scales: {
      x: { time: false, range: [1 - SECONDS, 0] },
      y: { range: (_plot, _min, max) => [0, Math.max(1024, (max ?? 0) * 1.15)] },
    },
    axes: [
      { ...axis, show: false },
      {
        ...axis,
        size: 82,
        gap: 6,
        splits: (_plot, _axis, _min, max) => [0, max / 2, max],
        values: (_plot, values) => values.map((value) => (value === 0 ? '0' : formatRate(value))),
      },
    ],
    series: [{}, { ...accent, width: 1.75, points: { show: false } }],
  };
}
