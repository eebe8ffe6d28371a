import type { ReportFigure } from '@bioscan/core';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** Colours that stay apart for colour-blind readers and in print (Okabe & Ito 2008). */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#555555'];

/** Draws a figure as an SVG string; intervals become bars (rules). No browser is needed. */
export async function drawFigure(figure: ReportFigure): Promise<string> {
  const view = new View(parse(compile(figureSpec(figure)).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

function figureSpec(figure: ReportFigure): TopLevelSpec {
  const values = figure.series.flatMap((series) => series.points.map((point) => ({ ...point, series: series.name })));
  const x = { field: 'x', type: xType(figure), title: figure.x.label, sort: null } as const;
  const y = { title: figure.y.label, type: 'quantitative', scale: { zero: figure.kind !== 'line' } } as const;
  const color = {
    field: 'series',
    type: 'nominal',
    title: null,
    sort: null,
    scale: { range: palette },
    legend: figure.series.length > 1 ? { orient: 'bottom', columns: 2, labelLimit: 320 } : null,
  } as const;
  const offset = figure.kind === 'bar' && figure.series.length > 1 ? { xOffset: { field: 'series', sort: null } } : {};
  const shared = { x, color, ...offset };
  return {
    width: 620,
    height: 300,
    background: 'white',
    data: { values },
    layer: [
      { mark: mark(figure.kind), encoding: { ...shared, y: { field: 'y', ...y } } },
      {
        transform: [{ filter: 'isValid(datum.low)' }],
        mark: { type: 'rule', strokeWidth: 1.5, ...(figure.kind === 'bar' ? { color: '#222222' } : {}) },
        encoding: {
          ...shared,
          ...(figure.kind === 'bar' ? { color: { value: '#222222' }, detail: { field: 'series' } } : {}),
          y: { field: 'low', ...y },
          y2: { field: 'high' },
        },
      },
    ],
    config: {
      font: 'system-ui, sans-serif',
      axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500, gridColor: '#e8e8e8', labelLimit: 220 },
      legend: { labelFontSize: 12 },
      view: { stroke: null },
    },
  } as TopLevelSpec;
}

function xType(figure: ReportFigure): 'quantitative' | 'nominal' {
  const numeric = figure.series.every((series) => series.points.every((point) => typeof point.x === 'number'));
  return numeric && figure.kind !== 'bar' && figure.kind !== 'histogram' ? 'quantitative' : 'nominal';
}

function mark(kind: ReportFigure['kind']): object {
  switch (kind) {
    case 'line':
      return { type: 'line', point: { size: 45 }, strokeWidth: 2 };
    case 'bar':
      return { type: 'bar', cornerRadiusEnd: 2 };
    case 'point':
      return { type: 'point', filled: true, size: 70 };
    case 'histogram':
      return { type: 'bar', binSpacing: 1 };
    default:
      return kind satisfies never;
  }
}
