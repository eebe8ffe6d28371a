import type { ReportFigure } from '@bioscan/core';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** Colours that stay apart for colour-blind readers and in print (Okabe & Ito 2008). */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#555555'];

const referenceColour = '#6b6b6b';

/** Draws a figure as an SVG string; intervals become bars (rules). Every mark says on hover what it is. No browser is needed. */
export async function drawFigure(figure: ReportFigure): Promise<string> {
  const view = new View(parse(compile(figureSpec(figure)).spec), { renderer: 'none' });
  try {
    return withTitles(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** What a mark says aloud, it says on hover too, without a script. */
function withTitles(svg: string): string {
  return svg.replace(/<(path|line) (aria-label="([^"]*)"[^>]*?)(?:\/>|><\/\1>)/g, '<$1 $2><title>$3</title></$1>');
}

/** Names read best on lines of their own: figures over names lie on their side, but for lines, which run from left to right. */
function figureSpec(figure: ReportFigure): TopLevelSpec {
  const values = figure.series.flatMap((series) => series.points.map((point) => ({ ...point, series: series.name })));
  const nominal = isNamed(figure);
  const named = nominal && figure.kind !== 'line';
  const [name, value, offset] = named ? (['y', 'x', 'yOffset'] as const) : (['x', 'y', 'xOffset'] as const);
  const side = named && figure.series.length > 1 ? { [offset]: { field: 'series', sort: null } } : {};
  const names = {
    [name]: {
      field: 'x',
      type: nominal ? 'nominal' : 'quantitative',
      title: named ? null : figure.x.label,
      sort: null,
      ...(nominal ? { axis: { labelLimit: 420, ...(named ? {} : { labelAngle: 0 }) } } : {}),
    },
    color: colorOf(figure),
    ...side,
    ...(labelled(figure) ? { description: { field: 'label' } } : {}),
  };
  const axis = { title: figure.y.label, type: 'quantitative', scale: { zero: figure.kind === 'bar' } };
  const interval = { [value]: { field: 'low', ...axis }, [`${value}2`]: { field: 'high' } };
  const inInk = figure.kind === 'bar' ? { color: { value: '#222222' }, detail: { field: 'series' } } : {};
  return {
    width: named ? 480 : 620,
    height: named ? { step: figure.series.length > 1 ? 16 : 26 } : 300,
    background: 'white',
    data: { values },
    layer: [
      ...(figure.kind === 'box'
        ? []
        : [{ mark: mark(figure), encoding: { ...names, ...dashed(figure), [value]: { field: 'y', ...axis } } }]),
      {
        transform: [{ filter: 'isValid(datum.low)' }],
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: { ...names, ...inInk, ...interval },
      },
      ...(figure.kind === 'box' ? boxLayers(names, value, axis, named) : []),
    ],
    config: {
      font: 'system-ui, sans-serif',
      axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500, gridColor: '#e8e8e8', labelLimit: 320 },
      legend: { labelFontSize: 12 },
      view: { stroke: null },
    },
  } as TopLevelSpec;
}

/** The box over its whiskers, and the median across the box. */
function boxLayers(names: object, value: string, axis: object, named: boolean): object[] {
  const thickness = named ? { height: 14 } : { width: 14 };
  return [
    {
      mark: { type: 'bar', ...thickness, stroke: '#222222', fillOpacity: 0.55, strokeWidth: 0.8 },
      encoding: { ...names, [value]: { field: 'q1', ...axis }, [`${value}2`]: { field: 'q3' } },
    },
    {
      mark: { type: 'tick', thickness: 2.5, size: 14, color: '#111111' },
      encoding: { ...names, color: { value: '#111111' }, [value]: { field: 'y', ...axis } },
    },
  ];
}

function labelled({ series }: ReportFigure): boolean {
  return series.some(({ points }) => points.some(({ label }) => label !== undefined));
}

/** Lines of reference are dashed. */
function dashed({ kind, series }: ReportFigure): object {
  if (kind !== 'line' || !series.some(({ reference }) => reference === true)) return {};
  const range = series.map(({ reference }) => (reference === true ? [5, 4] : [1, 0]));
  return { strokeDash: { field: 'series', type: 'nominal', sort: null, scale: { range }, legend: null } };
}

function colorOf(figure: ReportFigure): object {
  const legend = figure.series.length > 1 ? { orient: 'bottom', columns: 2, labelLimit: 320 } : null;
  let next = 0;
  const range = figure.series.map(({ reference }) =>
    reference === true ? referenceColour : (palette[next++ % palette.length] as string),
  );
  return { field: 'series', type: 'nominal', title: null, sort: null, scale: { range }, legend };
}

function isNamed(figure: ReportFigure): boolean {
  const numeric = figure.series.every((series) => series.points.every((point) => typeof point.x === 'number'));
  return !numeric || figure.kind === 'bar';
}

function mark({ kind, series }: ReportFigure): object {
  const many = series.reduce((sum, { points }) => sum + points.length, 0) > 200;
  switch (kind) {
    case 'line':
      return { type: 'line', point: { size: 45 }, strokeWidth: 2 };
    case 'bar':
      return { type: 'bar', cornerRadiusEnd: 2 };
    case 'point':
      return { type: 'point', filled: true, size: many ? 22 : 70, opacity: many ? 0.7 : 1 };
    case 'histogram':
      return { type: 'bar', binSpacing: 1 };
    case 'box':
      return { type: 'bar' };
    default:
      return kind satisfies never;
  }
}
