import 'uplot/dist/uPlot.min.css';

import { useEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';
import type uPlot from 'uplot';

import { locale } from '../i18n/language.ts';
import { isDark } from '../theme.ts';

type Chart<T> = {
  /** Of the drawing; its width is that of its element. */
  readonly heightPx: number;
  readonly options: (element: HTMLElement, language: string) => uPlot.Options;
  readonly toData: (data: T) => uPlot.AlignedData;
};

/**
 * Draws data into an element, anew when the theme or the language changes. The library is loaded when the first chart is shown.
 * `chart` never changes. Whoever can't see it needs the figures in words beside it.
 * @returns to be given to the element
 */
export function useChart<T>(data: T, chart: Chart<T>): RefObject<HTMLDivElement | null> {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shown = useRef(data);
  shown.current = data;
  const dark = isDark.value;
  const language = locale.value;

  useEffect(() => {
    let isGone = false;
    const element = host.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: chart.heightPx }),
    );
    void import('uplot').then(({ default: Plot }) => {
      if (isGone) return;
      const { options, toData } = chart;
      plot.current = new Plot(options(element, language), toData(shown.current), element);
      observer.observe(element);
    });
    return () => {
      isGone = true;
      observer.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [chart, dark, language]);
  useEffect(() => plot.current?.setData(chart.toData(data)), [chart, data]);
  return host;
}

/** What the charts have in common: colours and type of the page, quiet lines. */
export function chartStyle(element: HTMLElement): {
  readonly colour: (name: string) => string;
  readonly accent: { readonly stroke: string; readonly fill: string };
  readonly axis: Pick<uPlot.Axis, 'stroke' | 'font' | 'grid' | 'ticks'>;
} {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const stroke = colour('--color-primary');
  return {
    colour,
    accent: { stroke, fill: stroke.replace(/\)$/, ' / 0.12)') },
    axis: {
      stroke: colour('--muted'),
      font: `11px ${style.fontFamily}`,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    },
  };
}
