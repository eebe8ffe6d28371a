import type { CardFigure, IdentifierManifest } from './manifest.js';

/** `MODEL_CARD.md`, written from the manifest alone: what it is, what it was measured at, what it cannot do. */
export function modelCard(manifest: IdentifierManifest): string {
  const { name, encoder, ranks, references, keys, gate, facts } = manifest;
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
    `- Gate: calls ${percent(gate.falseAlarmRate)} of photos like the ${gate.photos} training photos unlike, by the nearest ${gate.neighbours}.`,
    `- Data: SHA-256 ${facts.dataHash}. Licence: ${facts.licence}.`,
    ...Object.entries(facts.provenance).map(([what, value]) => `- ${what}: ${value}`),
    '',
    '## Figures',
    '',
    ...(facts.figures.length === 0 ? ['None were measured.'] : facts.figures.map(figureLine)),
    '',
    '## Limits',
    '',
    ...facts.limits.map((limit) => `- ${limit}`),
    '',
  ];
  return lines.join('\n');
}

function figureLine({ name, value, count, interval }: CardFigure): string {
  const range =
    interval === undefined
      ? ''
      : ` [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}] (${percent(interval.level)} over ${interval.unit})`;
  return `- ${name}: ${value.toFixed(3)}${range}, n = ${count}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}
