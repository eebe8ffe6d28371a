import { evidenceLimits } from './cautions.js';
import type { CardFigure, IdentifierManifest, PhotoCount } from './manifest.js';

/** `MODEL_CARD.md`, written from the manifest alone: what it is, what it was measured at, what it cannot do. */
export function modelCard(manifest: IdentifierManifest): string {
  const { name, encoder, ranks, references, keys, gate, evidence, facts } = manifest;
  const lines = [
    `# ${name}`,
    '',
    ...(facts.banner === undefined ? [] : [`> **${facts.banner}**`, '']),
    'A photo identifier of bioscan-ts: it names the taxa on a specimen photo by the reference specimens whose vectors are nearest.',
    '',
    '## What it holds',
    '',
    `- Encoder: ${encoder.id}, vectors of ${encoder.dimension}, as ONNX in ${encoder.precisions.join(' and ')}.`,
    `- References: ${references} specimens; keys: ${keys.map((one) => `${one.count} ${one.modality} (${one.dtype})`).join(', ')}.`,
    `- Ranks: ${ranks.join(', ')}.`,
    `- Gate: meant to call ${percent(gate.falseAlarmRate)} of photos of this kind unlike, by the nearest ${gate.neighbours} of ${gate.photos} training photos.`,
    `- Confidence: fitted on ${photosOf(evidence.fitted)}; ${checkedOn(evidence.checked)}.`,
    `- Data: SHA-256 ${facts.dataHash}. Licence: ${facts.licence}.`,
    ...Object.entries(facts.provenance).map(([what, value]) => `- ${what}: ${value}`),
    '',
    '## Figures',
    '',
    ...(facts.figures.length === 0 ? ['None were measured.'] : figureLines(facts.figures)),
    '',
    '## Limits',
    '',
    ...[...evidenceLimits(evidence), ...facts.limits].map((limit) => `- ${limit}`),
    '',
  ];
  return lines.join('\n');
}

/** Figures without a group first, then each group under its name. */
function figureLines(figures: readonly CardFigure[]): string[] {
  const groups = new Map<string, CardFigure[]>();
  for (const figure of figures) {
    const group = figure.group ?? '';
    groups.set(group, [...(groups.get(group) ?? []), figure]);
  }
  const named = [...groups].sort(([a], [b]) => Number(a !== '') - Number(b !== ''));
  return named.flatMap(([group, list], i) => [
    ...(group === '' ? [] : [...(i === 0 ? [] : ['']), `### ${group}`, '']),
    ...list.map(figureLine),
  ]);
}

function checkedOn(checked: PhotoCount): string {
  return checked.photos === 0
    ? 'none were held back to measure accuracy on'
    : `accuracy and calibration: measured on ${checked.photos} photos of ${checked.species} other species`;
}

function photosOf({ photos, species }: PhotoCount): string {
  return photos === 0 ? 'no photos' : `${photos} photos of ${species} species`;
}

function figureLine({ name, value, count, interval }: CardFigure): string {
  if (value === undefined) return `- ${name}: unknown, n = ${count}`;
  const range =
    interval === undefined
      ? ''
      : ` [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}] (${percent(interval.level)} over ${interval.unit})`;
  return `- ${name}: ${value.toFixed(3)}${range}, n = ${count}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}
