import type { ReportTable } from '@bioscan/core';
import { evidenceLimits, type CardFigure } from '@bioscan/identify';
import { tableText } from '@bioscan/report';
import type { ExportedIdentifier } from './export-identifier.js';
import { gateGroup } from './fitted-gate.js';

/** What an export did, for people. */
export function exportSummary(
  folder: string,
  { manifest, calibration, abstention, novelty, accuracy, gate }: ExportedIdentifier,
): string {
  const { fitted, checked } = manifest.evidence;
  const own = checked.photos > 0;
  const keys = manifest.keys.map(({ count, modality }) => `${count} ${modality}`).join(' and ');
  const sure = titled({
    title: `Calibration, ${own ? 'on the same photos' : 'cross-fitted by species'} (novelty: ${novelty})`,
    columns: ['rank', 'calibration error', 'Brier', 'NLL', 'n'],
    rows: calibration.map(({ rank, expectedCalibrationError, brier, negativeLogLikelihood, queries }) => [
      rank,
      expectedCalibrationError.toFixed(3),
      brier.toFixed(3),
      negativeLogLikelihood.toFixed(3),
      queries,
    ]),
  });
  const asserted = titled({
    title: 'What is asserted',
    columns: ['confidence', '% of photos', '% of these right', 'mean rank'],
    rows: abstention.map(({ level, coverage, correct, depth }) => [
      level,
      (100 * coverage).toFixed(1),
      Number.isNaN(correct) ? '' : (100 * correct).toFixed(1),
      Number.isNaN(depth) ? '' : (manifest.ranks[Math.round(depth) - 1] ?? ''),
    ]),
  });
  const lines = [
    ...(manifest.facts.banner === undefined ? [] : [manifest.facts.banner]),
    `${folder}: ${manifest.name}, ${manifest.references} references, keys: ${keys}`,
    `Confidence is fitted on ${fitted.photos} photos of ${fitted.species} species.`,
    ...(own
      ? [
          figureTable(
            `Accuracy, on ${checked.photos} photos of ${checked.species} species that confidence was not fitted on`,
            accuracy,
          ),
        ]
      : []),
    sure,
    ...(abstention.length === 0 ? [] : [asserted]),
    figureTable(gateGroup, gate.figures),
    '',
    ...gate.limits,
    ...evidenceLimits(manifest.evidence),
  ];
  return lines.join('\n');
}

/** A table under its title, which says what it rests on. */
function titled(table: ReportTable): string {
  return `\n${table.title}\n${tableText(table)}`;
}

function figureTable(title: string, figures: readonly CardFigure[]): string {
  return titled({
    title,
    columns: ['figure', 'value', 'n'],
    rows: figures.map(({ name, value, count, interval }) => [
      name,
      value === undefined ? 'unknown' : { name, value, count, ...(interval === undefined ? {} : { interval }) },
      count,
    ]),
  });
}
