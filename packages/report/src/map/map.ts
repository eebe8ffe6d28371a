import type { ReportMap } from '@bioscan/core';
import { escapeHtml } from '../escape-html.js';
import { landOutline } from '../generated/land-outline.js';
import { equalEarth } from './equal-earth.js';

const width = 900;
/** A cell is drawn at least so large, in pixels: the world is wide. */
const smallest = 2.4;

/** 1 to 9, 10 to 99 …: from pale to dark, also in grey (Brewer's YlOrBr). */
const shades = ['#fee391', '#fec44f', '#fe9929', '#d95f0e', '#993404', '#4a1800'] as const;

/**
 * Draws a map as an SVG string: the land, a graticule of 30 degrees, and the cells, darker by powers of ten. Equal Earth projection; where all
 * cells lie together, the part of the world around them. Nothing is fetched.
 */
export function drawMap({ title, value, cells }: ReportMap): string {
  const view = viewOf(cells);
  const height = Math.round((width * view.height) / view.width);
  const total = cells.reduce((sum, cell) => sum + cell.value, 0);
  const says = `${title}: ${total.toLocaleString('en')} in ${cells.length.toLocaleString('en')} cells`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + 34}" viewBox="0 0 ${width} ${height + 34}" role="img" ` +
    `aria-label="${escapeHtml(says)}" font-family="system-ui, sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="white"/>` +
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<path d="${globe(view)}" fill="#f6f9fb"/><path d="${land(view)}" fill="#dedede" stroke="#b9b9b9" stroke-width="0.5"/>` +
    `<path d="${graticule(view)}" fill="none" stroke="#c9d3da" stroke-width="0.6"/>${cells.map((cell) => draw(cell, view)).join('')}</svg>` +
    `${legend(value.label, cells, height + 22)}</svg>`
  );
}

type Cell = ReportMap['cells'][number];

/** The part of the plane that is shown, in radii of the sphere. */
interface View {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const world: View = { left: -2.7066, top: 1.3174, width: 5.4132, height: 2.6348 };

function viewOf(cells: readonly Cell[]): View {
  if (cells.length === 0) return world;
  const corners = cells.flatMap(({ south, north, west, east }) => [equalEarth(south, west), equalEarth(north, east)]);
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, right, bottom, top] = [least(xs), -least(xs.map((x) => -x)), least(ys), -least(ys.map((y) => -y))];
  const wide = Math.max(0.35, 1.3 * (right - left), 2 * 1.3 * (top - bottom));
  if (wide > 0.6 * world.width) return world;
  const [x, y] = [(left + right) / 2, (bottom + top) / 2];
  return { left: x - wide / 2, top: y + wide / 4, width: wide, height: wide / 2 };
}

function least(values: readonly number[]): number {
  return values.reduce((low, value) => Math.min(low, value), Infinity);
}

function at(view: View, latitude: number, longitude: number): readonly [number, number] {
  const [x, y] = equalEarth(latitude, longitude);
  const scale = width / view.width;
  return [(x - view.left) * scale, (view.top - y) * scale];
}

function pathOf(view: View, corners: readonly (readonly [number, number])[]): string {
  return corners
    .map(([latitude, longitude], i) => {
      const [x, y] = at(view, latitude, longitude);
      return `${i === 0 ? 'M' : 'L'}${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join('');
}

function land(view: View): string {
  return landRings()
    .map((ring) => `${pathOf(view, ring)}Z`)
    .join('');
}

/** Rings of the land as corners (latitude, longitude) in degrees. */
export function landRings(): (readonly [number, number])[][] {
  return landOutline.split(' ').map((ring) => {
    const steps = ring.split(',').map(Number);
    let [x, y] = [0, 0];
    return Array.from({ length: steps.length / 2 }, (_, i): readonly [number, number] => {
      x += steps[2 * i] ?? 0;
      y += steps[2 * i + 1] ?? 0;
      return [y / 10, x / 10];
    });
  });
}

function globe(view: View): string {
  const side = (longitude: number, from: number, to: number): (readonly [number, number])[] =>
    Array.from({ length: 37 }, (_, i) => [from + ((to - from) * i) / 36, longitude] as const);
  return `${pathOf(view, [...side(-180, -90, 90), ...side(180, 90, -90)])}Z`;
}

function graticule(view: View): string {
  const lines: string[] = [];
  for (let longitude = -150; longitude <= 150; longitude += 30) {
    lines.push(
      pathOf(
        view,
        Array.from({ length: 37 }, (_, i) => [-90 + 5 * i, longitude] as const),
      ),
    );
  }
  for (let latitude = -60; latitude <= 60; latitude += 30) {
    lines.push(
      pathOf(view, [
        [latitude, -180],
        [latitude, 180],
      ]),
    );
  }
  return lines.join('');
}

/** The four corners, grown about their middle where they would be too small to see. */
function draw(cell: Cell, view: View): string {
  const { south, north, west, east, value } = cell;
  const corners = [at(view, south, west), at(view, south, east), at(view, north, east), at(view, north, west)];
  const [x, y] = at(view, (south + north) / 2, (west + east) / 2);
  const [high, wide] = [(north - south) / 2, (east - west) / 2];
  const spans = [
    Math.abs((corners[0]?.[1] ?? 0) - (corners[3]?.[1] ?? 0)),
    Math.abs((corners[1]?.[0] ?? 0) - (corners[0]?.[0] ?? 0)),
  ];
  const grow = Math.max(1, smallest / Math.max(1e-6, Math.min(...spans)));
  const points = corners.map(([u, v]) => `${(x + grow * (u - x)).toFixed(1)},${(y + grow * (v - y)).toFixed(1)}`);
  const says = `${(south + high).toFixed(1)}, ${(west + wide).toFixed(1)}: ${value.toLocaleString('en')}`;
  return `<polygon points="${points.join(' ')}" fill="${shades[power(value)] ?? shades[5]}"><title>${says}</title></polygon>`;
}

/** 0 for 1 to 9, 1 for 10 to 99 … */
function power(value: number): number {
  return Math.max(0, Math.min(shades.length - 1, String(Math.floor(value)).length - 1));
}

function legend(label: string, cells: readonly Cell[], y: number): string {
  const highest = cells.reduce((most, { value }) => Math.max(most, power(value)), 0);
  let x = 10;
  const boxes = shades.slice(0, highest + 1).map((shade, i) => {
    const low = (10 ** i).toLocaleString('en');
    const text = i === shades.length - 1 ? `${low}+` : `${low}–${(10 ** (i + 1) - 1).toLocaleString('en')}`;
    const box = `<rect x="${x}" y="${y - 10}" width="12" height="12" fill="${shade}"/><text x="${x + 16}" y="${y}" fill="#222222">${text}</text>`;
    x += 34 + 8 * text.length;
    return box;
  });
  return `<g>${boxes.join('')}<text x="${x}" y="${y}" fill="#555555">${escapeHtml(label)}</text></g>`;
}
