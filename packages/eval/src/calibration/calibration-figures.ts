import type { ReportFigure } from '@bioscan/core';
import type { AbstentionPoint } from './abstention.js';
import type { Reliability } from './calibration-scores.js';

/** Confidence against the share right, a line for each named reliability (a rank, a stratum), beside the line of perfect calibration. */
export function reliabilityFigure(
  lines: readonly { readonly name: string; readonly reliability: Reliability }[],
  title = 'Reliability',
): ReportFigure {
  const filled = lines.filter(({ reliability }) => reliability.bins.length > 0);
  const errors = filled.map(
    ({ name, reliability }) => `${name} ${(100 * reliability.expectedCalibrationError).toFixed(1)}`,
  );
  return {
    title,
    kind: 'line',
    x: { label: 'confidence' },
    y: { label: 'share right' },
    series: [
      ...filled.map(({ name, reliability }) => ({
        name,
        points: reliability.bins.map(({ confidence, accuracy }) => ({ x: confidence, y: accuracy })),
      })),
      {
        name: 'perfect calibration',
        reference: true,
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
      },
    ],
    note: `Bins of equal mass. Expected calibration error, points: ${errors.length === 0 ? 'nothing was measured' : errors.join(', ')}.`,
  };
}

/** Coverage against correctness of the deepest asserted rank, a line a system. Levels at which nothing is asserted or known have no point. */
export function abstentionFigure(
  curves: readonly { readonly name: string; readonly points: readonly AbstentionPoint[] }[],
  title = 'Abstention: coverage against correctness',
): ReportFigure {
  return {
    title,
    kind: 'line',
    x: { label: 'coverage: share with a name at some rank' },
    y: { label: 'share right at the deepest asserted rank' },
    series: curves.map(({ name, points }) => ({
      name,
      points: points
        .filter(({ coverage, correct }) => Number.isFinite(coverage) && Number.isFinite(correct))
        .map(({ coverage, correct }) => ({ x: coverage, y: correct })),
    })),
    note: 'From left to right the confidence that is asked for falls.',
  };
}
