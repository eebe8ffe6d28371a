import type { Metric, Report, ReportTable, Rng } from '@bioscan/core';
import { labelAt } from '@bioscan/core';
import { labelTable, scores, wilsonInterval, type LabelledRecord } from '@bioscan/eval';
import type { Identification, IdentifierContents } from '@bioscan/identify';
import { accuracyVerdict } from './accuracy-verdict.js';
import { rankAccuracy, type RankAccuracy } from './rank-predictions.js';
import { shiftVerdict, type ShiftVerdict } from './shift-verdict.js';

/** A labelled photo with what the identifier said of it. */
export interface PilotPhoto {
  readonly truth: LabelledRecord;
  readonly identification: Identification;
}

export interface PilotOptions {
  readonly rng: Rng;
  /** What the report says of itself. */
  readonly command: string;
  readonly seed: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly warnings?: readonly string[];
}

export interface Pilot {
  readonly accuracy: readonly RankAccuracy[];
  readonly asserted: AssertedScore;
  readonly shift: ShiftVerdict;
  readonly report: Report;
}

/** How often something was asserted, and how often it was right. */
export interface AssertedScore {
  readonly coverage: Metric;
  /** Where the truth is known at the asserted rank. */
  readonly correct: Metric;
}

/** Accuracy with intervals and a shift verdict from labelled photos: what the identifier does on this kind of photo. */
export function pilot(
  photos: readonly PilotPhoto[],
  contents: Pick<IdentifierContents, 'manifest' | 'references' | 'calibration' | 'precision'>,
  options: PilotOptions,
): Pilot {
  const { manifest, references, calibration, precision } = contents;
  const labels = labelTable(photos.map(({ truth }) => truth));
  const told = calibration.bin === undefined ? manifest.ranks : [...manifest.ranks, 'bin' as const];
  const accuracy = told.flatMap((rank) => {
    const rows = photos.map(({ truth, identification: { ranks } }) => ({
      id: truth.processId,
      names: (ranks.find((one) => one.rank === rank)?.taxa ?? []).map(({ name }) => name),
    }));
    const keyLabels = new Set(references.flatMap((reference) => labelAt(reference, rank) ?? []));
    return rankAccuracy(rank, rows, labels, keyLabels, options.rng.split(rank)) ?? [];
  });
  const asserted = assertedScore(photos);
  const identifications = photos.map(({ identification }) => identification);
  const shiftOf = (modality: 'image' | 'dna'): number =>
    manifest.keys.find((one) => one.modality === modality)?.shift ?? 0;
  const validation = precision === 'float32' ? calibration.validation : calibration.validation.int8;
  const against = { precision, shiftOf, ...(validation === undefined ? {} : { validation }) };
  const shift = shiftVerdict(identifications, against, options.rng.split('shift'));
  return { accuracy, asserted, shift, report: reportOf(manifest, accuracy, asserted, shift, options) };
}

function assertedScore(photos: readonly PilotPhoto[]): AssertedScore {
  const asserted = photos.flatMap(({ truth, identification }) =>
    identification.asserted === undefined ? [] : [{ truth, name: identification.asserted }],
  );
  const judged = asserted.flatMap(({ truth, name: { rank, name } }) => {
    const label = labelAt(truth, rank);
    return label === undefined ? [] : [label === name];
  });
  return {
    coverage: share('asserted', asserted.length, photos.length),
    correct: share('right of these', judged.filter(Boolean).length, judged.length),
  };
}

function share(name: string, part: number, count: number): Metric {
  const interval = wilsonInterval(part, count, 'photos');
  return { name, value: part / count, count, ...(interval === undefined ? {} : { interval }) };
}

function reportOf(
  manifest: IdentifierContents['manifest'],
  accuracy: readonly RankAccuracy[],
  asserted: AssertedScore,
  shift: ShiftVerdict,
  { rng, command, seed, versions, warnings = [] }: PilotOptions,
): Report {
  const { banner, dataHash } = manifest.facts;
  return {
    title: `Pilot: ${manifest.name} on ${shift.photos} photos`,
    ...(banner === undefined ? {} : { banner }),
    summary: [...accuracyVerdict(accuracy, manifest.facts.figures, rng.split('verdict')), ...shift.sentences],
    tables: [accuracyTable(accuracy), assertedTable(asserted, shift), shiftTable(shift)],
    figures: [],
    limits: [
      'A pilot speaks of photos like these: the same collector, camera and taxa.',
      'Intervals over photos take photos as independent; those of one specimen, plate or session are not.',
    ],
    warnings,
    provenance: { command, seeds: [seed], encoders: [], dataHash, versions },
  };
}

function accuracyTable(accuracy: readonly RankAccuracy[]): ReportTable {
  return {
    title: 'Accuracy of the most probable name',
    columns: ['rank', 'micro', 'macro', 'photos', 'taxa', 'taxa without a key'],
    rows: accuracy.map(({ rank, micro, macro, outcomes }) => {
      const { queries, classes, classesWithoutKey } = scores(outcomes);
      return [rank, micro, macro, queries, classes, classesWithoutKey];
    }),
    note: "micro: Wilson's 95 % interval over photos; macro: 95 % interval by drawing species with all their photos (at genus, genera and then species), none for a single species",
  };
}

function assertedTable({ coverage, correct }: AssertedScore, { unlike }: ShiftVerdict): ReportTable {
  return {
    title: 'What is asserted',
    columns: ['', 'share', 'photos'],
    rows: [coverage, correct, unlike].map((metric) => [metric.name, metric, metric.count]),
    note: "Wilson's 95 % intervals over photos",
  };
}

function shiftTable({ similarity, gate, verdict, validationPhotos, similarityChange }: ShiftVerdict): ReportTable {
  const rows = (
    [
      ['similarity to the nearest key', similarity],
      ['p-value of the gate', gate],
    ] as const
  ).flatMap(([what, test]) => (test === undefined ? [] : [[what, test.statistic.toFixed(3), test.pValue.toFixed(3)]]));
  const change = similarityChange === undefined ? '' : `; mean similarity changed by ${similarityChange.toFixed(3)}`;
  return {
    title: `Against ${validationPhotos} validation photos: ${verdict}`,
    columns: ['what', 'largest gap', 'p'],
    rows,
    note: `Kolmogorov-Smirnov by permutation; shifted where one p is below 0.025${change}`,
  };
}
