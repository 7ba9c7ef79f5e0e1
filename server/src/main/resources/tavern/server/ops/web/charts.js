// Lines over the last minutes, drawn by uPlot in the colours of style.css.
import uPlot from '/lib/uPlot.esm.js';
import { h } from './dom.js';
import { bytes, time } from './format.js';

const HEIGHT = 170;
// Overviews arrive once a second. In a longer gap nothing is known, so no line is drawn.
const GAP_MILLIS = 3_000;
const POWERS_OF_TWO = Array.from({ length: 40 }, (none, power) => 2 ** power);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dark = matchMedia('(prefers-color-scheme: dark)');

// lines: [name, overview → number]; show: number → text. Returns {element, draw(history)}.
export function chart(name, lines, show, signal) {
  const place = h('div', { class: 'plot', role: 'img', 'aria-label': name });
  const element = h('figure', { class: 'card' }, h('figcaption', {}, name), place);
  const plot = new uPlot(options(lines, show), [[], ...lines.map(() => [])], place);
  const sized = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT }));
  sized.observe(place);
  dark.addEventListener('change', () => plot.redraw(), { signal });
  signal.addEventListener('abort', () => {
    sized.disconnect();
    plot.destroy();
  });

  function draw(history) {
    const points = withGaps(history);
    plot.setData([points.map(({ atMillis }) => atMillis / 1000),
      ...lines.map(([, value]) => points.map((point) => (point.gap ? null : value(point))))]);
    // The newest figures, unless the pointer is over others.
    if (plot.cursor.left < 0) {
      plot.setLegend({ idx: points.length - 1 });
    }
    place.setAttribute('aria-label', `${name}: ${lines.map(([line, value]) => (
      `${line} ${show(value(history.at(-1)))}`)).join(', ')}`);
  }

  return { element, draw };
}

export function withGaps(history) {
  return history.flatMap((overview, i) => {
    const before = history[i - 1]?.atMillis ?? overview.atMillis;
    return overview.atMillis - before > GAP_MILLIS ? [{ atMillis: before + 1, gap: true }, overview] : [overview];
  });
}

// Seconds. On a page that was just opened, lines grow from the right.
function minuteAtLeast(plot, first, last) {
  const end = last ?? Date.now() / 1_000;
  return [Math.min(first ?? end, end - 60), end];
}

// Points without neighbours, through which no line can be drawn.
function lonePoints(plot, line) {
  const values = plot.data[line];
  return values.flatMap((value, i) => (
    (value ?? null) !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null ? [i] : []));
}

function options(lines, show) {
  const axis = { stroke: () => colour('--soft'), grid: { stroke: () => colour('--line'), width: 1 }, ticks: { show: false } };
  return {
    width: 300,
    height: HEIGHT,
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { range: minuteAtLeast }, y: { range: (plot, low, high) => [0, Math.max(show === bytes ? 1024 : 5, (high ?? 0) * 1.1)] } },
    axes: [
      { ...axis, space: 70, values: [[1, '{HH}:{mm}:{ss}']], size: 30 },
      { ...axis, values: (plot, splits) => splits.map((split) => show(split)), size: 70, ...(show === bytes && { incrs: POWERS_OF_TWO }) },
    ],
    series: [{ value: (plot, at) => (at === null ? '' : time(at * 1000)) },
      ...lines.map(([label], i) => ({
        label,
        stroke: () => colour(`--line-${i + 1}`),
        width: 2,
        points: { show: false, size: 4, filter: lonePoints },
        value: (plot, value) => (value === null ? '–' : show(value)),
      }))],
    // Resolved by the browser, so that they follow the theme.
    legend: { markers: { stroke: (plot, i) => `var(--line-${i})` } },
  };
}
