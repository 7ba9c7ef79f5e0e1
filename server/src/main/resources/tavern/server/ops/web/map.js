// A room's players on a canvas, moving smoothly between reports. chosen(player): called when somebody clicks on a
// player.
import { h, say } from './dom.js';

const REPORT_MILLIS = 200;
const NAMES_MAX = 40;
const TOUCH_PIXELS = 12;
const EDGE = 0.02;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function map(signal, chosen) {
  const canvas = h('canvas', { role: 'img', 'aria-label': 'Map', onclick: choose });
  const under = h('p', { class: 'hint' });
  const element = h('div', { class: 'map' }, canvas, under);
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let size = { width: 1, height: 1 };
  let places = new Map();
  let offers = [];
  let reportedAt = 0;
  let frame = 0;

  function draw(answer) {
    const now = performance.now();
    const shown = new Map([...places].map(([name, place]) => [name, between(place, now)]));
    size = { width: answer.mapWidth, height: answer.mapHeight };
    places = new Map(answer.members.map(({ player, x, y, connected }) => {
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

  // Pixels of the page for everybody.
  function spots(now) {
    const edge = canvas.clientWidth * EDGE;
    const scale = (canvas.clientWidth - 2 * edge) / size.width;
    return new Map([...places].map(([name, place]) => {
      const { x, y } = between(place, now);
      return [name, { x: edge + x * scale, y: edge + y * scale, connected: place.connected }];
    }));
  }

  function choose({ offsetX, offsetY }) {
    const near = [...spots(performance.now())]
      .map(([name, { x, y }]) => ({ name, far: Math.hypot(x - offsetX, y - offsetY) }))
      .sort((one, other) => one.far - other.far)[0];
    if (near?.far < TOUCH_PIXELS) {
      chosen(near.name);
    }
  }

  function paint(now) {
    frame = 0;
    const width = canvas.clientWidth;
    const height = width * (2 * EDGE + (1 - 2 * EDGE) * (size.height / size.width));
    const dots = { width: Math.round(width * devicePixelRatio), height: Math.round(height * devicePixelRatio) };
    if (canvas.width !== dots.width || canvas.height !== dots.height) {
      Object.assign(canvas, dots);
    }
    const pen = canvas.getContext('2d');
    const at = spots(now);
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    pen.clearRect(0, 0, width, height);
    paintGrid(pen, width, height);
    paintOffers(pen, offers, at);
    paintPlayers(pen, at, width);
    if (!signal.aborted && now - reportedAt < REPORT_MILLIS) {
      frame = requestAnimationFrame(paint);
    }
  }

  return { element, draw };
}

function paintGrid(pen, width, height) {
  pen.strokeStyle = colour('--line');
  pen.lineWidth = 1;
  pen.beginPath();
  for (let at = width / 10; at < Math.max(width, height); at += width / 10) {
    const sharp = Math.round(at) + 0.5;
    pen.moveTo(sharp, 0);
    pen.lineTo(sharp, height);
    pen.moveTo(0, sharp);
    pen.lineTo(width, sharp);
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

function paintPlayers(pen, at, width) {
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
      const right = x + 7 + pen.measureText(name).width > width;
      pen.textAlign = right ? 'right' : 'left';
      pen.fillText(name, right ? x - 7 : x + 7, y + 4);
    }
  }
}
