// Lines over the last minutes, drawn by uPlot in the colours of style.css.
import uPlot from '/lib/uPlot.esm.js';
import { h } from './dom.js';
import { bytes } from './format.js';

const HEIGHT = 170;
const POWERS_OF_TWO = Array.from({ length: 40 }, (none, power) => 2 ** power);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dark = matchMedia('(prefers-color-scheme: dark)');

// lines: [name, overview → number]; show: number → text. Gives {element, draw(history)}.
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
    plot.setData([history.map(({ atMillis }) => atMillis / 1000),
      ...lines.map(([, value]) => history.map(value))]);
    // The newest figures, unless somebody points at others.
    if (plot.cursor.left < 0) {
      plot.setLegend({ idx: history.length - 1 });
    }
    place.setAttribute('aria-label', `${name}: ${lines.map(([line, value]) => (
      `${line} ${show(value(history.at(-1)))}`)).join(', ')}`);
  }

  return { element, draw };
}

function options(lines, show) {
  const axis = { stroke: () => colour('--soft'), grid: { stroke: () => colour('--line'), width: 1 }, ticks: { show: false } };
  return {
    width: 300,
    height: HEIGHT,
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (plot, low, high) => [0, Math.max(show === bytes ? 1024 : 5, (high ?? 0) * 1.1)] } },
    axes: [
      { ...axis, space: 70, values: [[1, '{HH}:{mm}:{ss}']], size: 30 },
      { ...axis, values: (plot, splits) => splits.map((split) => show(split)), size: 70, ...(show === bytes && { incrs: POWERS_OF_TWO }) },
    ],
    series: [{ value: (plot, at) => (at === null ? '' : new Date(at * 1000).toLocaleTimeString('sv')) },
      ...lines.map(([label], i) => ({
        label,
        stroke: () => colour(`--line-${i + 1}`),
        width: 2,
        points: { show: false },
        value: (plot, value) => (value === null ? '–' : show(value)),
      }))],
    // Resolved by the browser, so they follow the theme.
    legend: { markers: { stroke: (plot, i) => `var(--line-${i})` } },
  };
}
