// A room's players on a canvas, moving evenly between one report and the next.
import { h, say } from './dom.js';

const UNIT = 16;
// Rooms do not tell how big they are: at least this, and more as soon as somebody stands further out.
const EXTENT_MIN = 200 * UNIT;
const REPORT_MILLIS = 200;
const NAMES_MAX = 40;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function map(signal) {
  const canvas = h('canvas', { role: 'img', 'aria-label': 'Map' });
  const under = h('p', { class: 'hint' });
  const element = h('div', { class: 'map' }, canvas, under);
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let extent = EXTENT_MIN;
  let places = new Map();
  let offers = [];
  let reportedAt = 0;
  let frame = 0;

  function draw(answer) {
    const now = performance.now();
    const shown = new Map([...places].map(([name, place]) => [name, between(place, now)]));
    places = new Map(answer.members.map(({ player, x, y, connected }) => {
      extent = Math.max(extent, x, y);
      const from = shown.get(player) ?? { x, y };
      return [player, { from, to: { x, y }, connected }];
    }));
    offers = answer.offers;
    reportedAt = now;
    canvas.setAttribute('aria-label', `Map with ${places.size} players, who are listed below`);
    say(under, 'A dot is a player, a ring one whose connection is lost, a line an open trade.');
    if (frame === 0) {
      frame = requestAnimationFrame(paint);
    }
  }

  function between({ from, to }, now) {
    const part = still.matches ? 1 : Math.min(1, (now - reportedAt) / REPORT_MILLIS);
    return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
  }

  function paint(now) {
    frame = 0;
    const size = canvas.clientWidth;
    const dots = size * devicePixelRatio;
    if (canvas.width !== dots) {
      canvas.width = dots;
      canvas.height = dots;
    }
    const pen = canvas.getContext('2d');
    const scale = size / (extent * 1.04);
    const edge = size * 0.02;
    const at = new Map([...places].map(([name, place]) => {
      const { x, y } = between(place, now);
      return [name, { x: edge + x * scale, y: edge + y * scale, connected: place.connected }];
    }));
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    pen.clearRect(0, 0, size, size);
    paintGrid(pen, size);
    paintOffers(pen, offers, at);
    paintPlayers(pen, at, size);
    if (!signal.aborted && now - reportedAt < REPORT_MILLIS) {
      frame = requestAnimationFrame(paint);
    }
  }

  return { element, draw };
}

function paintGrid(pen, size) {
  pen.strokeStyle = colour('--line');
  pen.lineWidth = 1;
  pen.beginPath();
  for (let i = 1; i < 10; i++) {
    const at = Math.round(size * i / 10) + 0.5;
    pen.moveTo(at, 0);
    pen.lineTo(at, size);
    pen.moveTo(0, at);
    pen.lineTo(size, at);
  }
  pen.stroke();
}

function paintOffers(pen, offers, at) {
  pen.strokeStyle = colour('--line-2');
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const { from, to } of offers) {
    if (at.has(from) && at.has(to)) {
      pen.moveTo(at.get(from).x, at.get(from).y);
      pen.lineTo(at.get(to).x, at.get(to).y);
    }
  }
  pen.stroke();
}

function paintPlayers(pen, at, size) {
  const radius = at.size > 300 ? 2.5 : 4;
  pen.fillStyle = colour('--line-1');
  pen.strokeStyle = colour('--soft');
  for (const { x, y, connected } of at.values()) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    if (connected) {
      pen.fill();
    } else {
      pen.stroke();
    }
  }
  if (at.size <= NAMES_MAX) {
    pen.fillStyle = colour('--soft');
    pen.font = '11px system-ui, sans-serif';
    for (const [name, { x, y }] of at) {
      const right = x + 7 + pen.measureText(name).width > size;
      pen.textAlign = right ? 'right' : 'left';
      pen.fillText(name, right ? x - 7 : x + 7, y + 4);
    }
  }
}
