import { logTicks, tickLabel } from './log-axis.ts';
import type { LogAxis } from './log-axis.ts';

/** One line of a plot. */
export interface PlotLine {
  readonly name: string;
  /** All above 0, ascending in x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly lines: readonly PlotLine[];
}

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = 16;
const TOP = 40;
const BOTTOM = 48;
const LEGEND_WIDTH = 190;

/**
 * Hues that are told apart by people who see red and green alike (Okabe and Ito, 2008), dark enough for white paper and
 * light enough for a dark page; lines beyond them are dashed.
 */
const COLOURS: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#b8860b',
  '#56a4d9',
];

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #333 }
  .title { font-size: 15px; font-weight: 600 }
  .grid { stroke: #8886; stroke-width: 1 }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } }
`;

/**
 * A plot with logarithmic axes, as an SVG file that stands on any background. By hand, as the libraries that draw without a browser
 * (echarts, vega) are of tens of megabytes, and the small ones need a DOM.
 */
export function plotSvg({ title, xTitle, yTitle, lines }: Plot): string {
  const right = WIDTH - RIGHT - LEGEND_WIDTH;
  const x = scale(
    lines.flatMap(({ points }) => points.map(([value]) => value)),
    LEFT,
    right,
  );
  const y = scale(
    lines.flatMap(({ points }) => points.map(([, value]) => value)),
    HEIGHT - BOTTOM,
    TOP,
  );
  const body = [
    `<text class="title" x="${LEFT}" y="22">${escapeXml(title)}</text>`,
    ...x.axis.ticks.map((tick) => verticalTick(x.at(tick), tickLabel(tick))),
    ...y.axis.ticks.map((tick) => horizontalTick(y.at(tick), right, tickLabel(tick))),
    `<text x="${(LEFT + right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escapeXml(xTitle)}</text>`,
    `<text transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escapeXml(yTitle)}</text>`,
    ...lines.flatMap((line, index) => drawLine(line, index, right, x.at, y.at)),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${STYLE}</style>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

function scale(
  values: readonly number[],
  from: number,
  to: number,
): { readonly axis: LogAxis; readonly at: (value: number) => number } {
  const axis = logTicks(values);
  const span = Math.log(axis.most / axis.least);
  const at = (value: number): number =>
    Math.round((from + (to - from) * (Math.log(value / axis.least) / span)) * 10) / 10;
  return { axis, at };
}

function verticalTick(x: number, label: string): string {
  const bottom = HEIGHT - BOTTOM;
  return `<path class="grid" d="M${x} ${TOP}V${bottom}"/><text x="${x}" y="${bottom + 18}" text-anchor="middle">${label}</text>`;
}

function horizontalTick(y: number, right: number, label: string): string {
  return `<path class="grid" d="M${LEFT} ${y}H${right}"/><text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${label}</text>`;
}

function drawLine(
  { name, points }: PlotLine,
  index: number,
  right: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string[] {
  const colour = COLOURS[index % COLOURS.length] ?? '';
  const dashes = index < COLOURS.length ? '' : ' stroke-dasharray="6 4"';
  const places = points.map(([px, py]) => [x(px), y(py)] as const);
  const path = places.map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${px} ${py}`).join('');
  const legendY = TOP + 12 + index * 20;
  return [
    `<path class="line" stroke="${colour}"${dashes} d="${path}"/>`,
    ...places.map(([px, py]) => `<circle cx="${px}" cy="${py}" r="3.5" fill="${colour}"/>`),
    `<path class="line" stroke="${colour}"${dashes} d="M${right + 16} ${legendY - 4}h24"/>`,
    `<text x="${right + 46}" y="${legendY}">${escapeXml(name)}</text>`,
  ];
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
