import { tableText } from '@bioscan/report';
import type { ExportedIdentifier } from './export-identifier.js';

/** What an export did, for people. */
export function exportSummary(
  folder: string,
  { manifest, calibration, abstention, novelty }: ExportedIdentifier,
): string {
  const keys = manifest.keys.map(({ count, modality }) => `${count} ${modality}`).join(' and ');
  const figures = tableText({
    title: 'On validation photos',
    columns: ['figure', 'value'],
    rows: manifest.facts.figures
      .filter(({ name }) => name.includes('top-1') || name.includes('unlike'))
      .map((figure) => [figure.name, figure]),
  });
  const sure = tableText({
    title: `Calibration, cross-fitted (novelty: ${novelty})`,
    columns: ['rank', 'calibration error', 'Brier', 'NLL', 'n'],
    rows: calibration.map(({ rank, expectedCalibrationError, brier, negativeLogLikelihood, queries }) => [
      rank,
      expectedCalibrationError.toFixed(3),
      brier.toFixed(3),
      negativeLogLikelihood.toFixed(3),
      queries,
    ]),
  });
  const asserted = tableText({
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
    figures,
    sure,
    asserted,
  ];
  return lines.join('\n');
}
