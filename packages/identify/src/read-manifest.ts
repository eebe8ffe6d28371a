import { BioscanError, ranks, type LabelRank } from '@bioscan/core';
import type { Preprocessing } from '@bioscan/vision';
import { jsonField, type Field } from './fields.js';
import {
  formatVersion,
  identifierFiles,
  type CardEvidence,
  type CardFacts,
  type CardFigure,
  type EncoderPrecision,
  type FigureMeasure,
  type FileRecord,
  type IdentifierFile,
  type IdentifierManifest,
  type KeyRecord,
  type PhotoCount,
  type PhotoSet,
} from './manifest.js';

const treeRanks: readonly LabelRank[] = [...ranks, 'bin'];
const measures: readonly FigureMeasure[] = ['micro top-1', 'macro top-1'];
const photoSets: readonly PhotoSet[] = ['seen', 'unseen with keys', 'novel', 'without a name'];
const size = { least: 1, most: 65_536, whole: true } as const;
const count = { least: 1, most: 2 ** 31 - 1, whole: true } as const;

/**
 * Reads `identifier.json` field by field.
 * @throws BioscanError `unsupported` for another version of the format, `bad-file` for anything else that is not as it should be
 */
export function readManifest(bytes: Uint8Array): IdentifierManifest {
  const root = jsonField(identifierFiles.manifest, bytes);
  root.at('format').oneOf(['bioscan-identifier']);
  const version = root.at('version').number({ least: 1, whole: true });
  if (version !== formatVersion) {
    throw new BioscanError(
      'unsupported',
      version > formatVersion
        ? `identify: ${identifierFiles.manifest}, got version ${version} of the format, which a newer @bioscan/identify wrote, expected ${formatVersion}; update @bioscan/identify`
        : `identify: ${identifierFiles.manifest}, got version ${version} of the format, expected ${formatVersion}; export the identifier again`,
      { version },
    );
  }
  return {
    format: 'bioscan-identifier',
    version,
    name: root.at('name').text(),
    encoder: encoderOf(root.at('encoder')),
    ranks: ranksOf(root.at('ranks')),
    references: root.at('references').number(count),
    keys: keysOf(root.at('keys')),
    gate: {
      axes: root.at('gate').at('axes').number(size),
      photos: root.at('gate').at('photos').number(count),
      scores: root.at('gate').at('scores').number(count),
      neighbours: root.at('gate').at('neighbours').number(size),
      falseAlarmRate: root.at('gate').at('falseAlarmRate').number({ least: 0, most: 1 }),
    },
    evidence: evidenceOf(root.at('evidence')),
    facts: factsOf(root.at('facts')),
    files: filesOf(root.at('files')),
  };
}

function encoderOf(encoder: Field): IdentifierManifest['encoder'] {
  const precisions: EncoderPrecision[] = encoder
    .at('precisions')
    .items()
    .map((one) => one.oneOf(['float32', 'int8']));
  if (precisions.length === 0) encoder.at('precisions').fail('one precision at least');
  return {
    id: encoder.at('id').text(),
    dimension: encoder.at('dimension').number(size),
    preprocessing: preprocessingOf(encoder.at('preprocessing')),
    pooling: encoder.at('pooling').oneOf(['first', 'mean']),
    precisions,
  };
}

/** Sides are bounded: a picture is resized to them. */
function preprocessingOf(field: Field): Preprocessing {
  const side = { least: 1, most: 4096, whole: true } as const;
  const resize = field.at('resize');
  const crop = field.optional('crop')?.number(side);
  const normalise = field.optional('normalise');
  return {
    id: field.at('id').text(),
    resize:
      typeof resize.value === 'number'
        ? resize.number(side)
        : { width: resize.at('width').number(side), height: resize.at('height').number(side) },
    ...(crop === undefined ? {} : { crop }),
    interpolation: field.at('interpolation').oneOf(['bilinear', 'bicubic']),
    ...(normalise === undefined
      ? {}
      : { normalise: { mean: triple(normalise.at('mean')), deviation: triple(normalise.at('deviation')) } }),
  };
}

function triple(field: Field): [number, number, number] {
  const values = field.items().map((item) => item.number());
  return values.length === 3 ? (values as [number, number, number]) : field.fail('three numbers');
}

function ranksOf(field: Field): readonly LabelRank[] {
  const found = field.items().map((item) => item.oneOf(treeRanks));
  const positions = found.map((rank) => treeRanks.indexOf(rank));
  const rising = positions.every((position, i) => i === 0 || position > (positions[i - 1] as number));
  return found.length > 0 && rising && !found.includes('bin') ? found : field.fail('ranks from coarse to fine');
}

function keysOf(field: Field): readonly KeyRecord[] {
  const keys = field.items().map((item) => ({
    modality: item.at('modality').oneOf(['image', 'dna']),
    count: item.at('count').number(count),
    dtype: item.at('dtype').oneOf(['float32', 'int8']),
    shift: item.at('shift').number({ least: -4, most: 4 }),
  }));
  if (new Set(keys.map(({ modality }) => modality)).size === keys.length && keys.length > 0) return keys;
  return field.fail('keys of one or two different modalities');
}

function evidenceOf(field: Field): CardEvidence {
  const sizeOf = (one: Field): PhotoCount => ({
    photos: one.at('photos').number({ least: 0, whole: true }),
    species: one.at('species').number({ least: 0, whole: true }),
  });
  return { fitted: sizeOf(field.at('fitted')), checked: sizeOf(field.at('checked')) };
}

function factsOf(field: Field): CardFacts {
  const banner = field.optional('banner')?.text();
  return {
    dataHash: field.at('dataHash').text(),
    licence: field.at('licence').text(),
    limits: field
      .at('limits')
      .items()
      .map((limit) => limit.text()),
    figures: field.at('figures').items().map(figureOf),
    provenance: Object.fromEntries(
      field
        .at('provenance')
        .entries()
        .map(([name, one]) => [name, one.text()]),
    ),
    ...(banner === undefined ? {} : { banner }),
  };
}

function figureOf(field: Field): CardFigure {
  const interval = field.optional('interval');
  const value = field.optional('value')?.number();
  const group = field.optional('group')?.text();
  const measure = field.optional('measure')?.oneOf(measures);
  const rank = field.optional('rank')?.oneOf(treeRanks);
  const set = field.optional('set')?.oneOf(photoSets);
  return {
    name: field.at('name').text(),
    ...(measure === undefined ? {} : { measure }),
    ...(rank === undefined ? {} : { rank }),
    ...(set === undefined ? {} : { set }),
    ...(value === undefined ? {} : { value }),
    count: field.at('count').number({ least: 0, whole: true }),
    ...(group === undefined ? {} : { group }),
    ...(interval === undefined
      ? {}
      : {
          interval: {
            low: interval.at('low').number(),
            high: interval.at('high').number(),
            level: interval.at('level').number({ least: 0, most: 1 }),
            unit: interval.at('unit').text(),
          },
        }),
  };
}

function filesOf(field: Field): Readonly<Partial<Record<IdentifierFile, FileRecord>>> {
  const known = Object.keys(identifierFiles).filter((key): key is IdentifierFile => key !== 'manifest');
  const files: Partial<Record<IdentifierFile, FileRecord>> = {};
  for (const key of known) {
    const record = field.optional(key);
    if (record === undefined) continue;
    const sha256 = record.at('sha256').text();
    if (!/^[0-9a-f]{64}$/u.test(sha256)) record.at('sha256').fail('64 hexadecimal digits');
    files[key] = { bytes: record.at('bytes').number({ least: 0, whole: true }), sha256 };
  }
  return files;
}
