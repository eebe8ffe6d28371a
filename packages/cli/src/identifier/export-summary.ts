import { evidenceLimits } from '@bioscan/identify';
import { tableText } from '@bioscan/report';
import type { ExportedIdentifier } from './export-identifier.js';

/** What an export did, for people. */
export function exportSummary(
  folder: string,
  { manifest, calibration, abstention, novelty }: ExportedIdentifier,
): string {
  const { fitted, checked } = manifest.evidence;
  const own = checked.photos > 0;
  const keys = manifest.keys.map(({ count, modality }) => `${count} ${modality}`).join(' and ');
  const figures = tableText({
    title: own ? `On ${checked.photos} photos of ${checked.species} species that nothing was fitted on` : 'Measured',
    columns: ['figure', 'value', 'n'],
    rows: manifest.facts.figures
      .filter(({ group = '' }) => !group.startsWith('Calibration'))
      .map(({ name, value, count, interval }) => [
        name,
        value === undefined ? 'unknown' : { name, value, count, ...(interval === undefined ? {} : { interval }) },
        count,
      ]),
  });
  const sure = tableText({
    title: `Calibration, ${own ? 'on these' : 'cross-fitted by species'} (novelty: ${novelty})`,
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
    `Confidence is fitted on ${fitted.photos} photos of ${fitted.species} species.`,
    figures,
    sure,
    ...(abstention.length === 0 ? [] : [asserted]),
    ...manifest.facts.limits.filter((limit) => limit.startsWith('The gate ') && !limit.startsWith('The gate sees')),
    ...evidenceLimits(manifest.evidence),
  ];
  return lines.join('\n');
}
