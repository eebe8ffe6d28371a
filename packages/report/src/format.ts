import type { Metric } from '@bioscan/core';

/** A metric as people read it: `71.2 [67.0, 75.1]` for shares as percent, three significant digits otherwise. */
export function formatMetric(metric: Metric, options: { readonly percent?: boolean } = {}): string {
  const { percent = isShare(metric) } = options;
  const number = (value: number): string => formatNumber(percent ? 100 * value : value, percent);
  const { interval } = metric;
  if (Number.isNaN(metric.value)) return '–';
  if (interval === undefined) return number(metric.value);
  return `${number(metric.value)} [${number(interval.low)}, ${number(interval.high)}]`;
}

/** One cell of a report table as text. */
export function formatCell(cell: string | number | Metric): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return Number.isInteger(cell) ? cell.toLocaleString('en') : formatNumber(cell, false);
  return formatMetric(cell);
}

/** Accuracies, differences of accuracies and other shares lie within [-1, 1] and are shown as percent. */
function isShare(metric: Metric): boolean {
  return Math.abs(metric.value) <= 1;
}

function formatNumber(value: number, percent: boolean): string {
  if (!Number.isFinite(value)) return '–';
  return percent ? value.toFixed(1) : Number(value.toPrecision(3)).toString();
}
