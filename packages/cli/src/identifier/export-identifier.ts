import {
  BioscanError,
  likenessPValues,
  ranks as allRanks,
  taxaAt,
  voteTree,
  type EmbeddingBlock,
  type LabelRank,
  type Rng,
  type Store,
  type UnlikeGate,
} from '@bioscan/core';
import {
  abstentionCurve,
  assertionThresholds,
  fitUnlikeGate,
  labelTable,
  voteReport,
  wilsonInterval,
  type AbstentionPoint,
  type LabelTable,
  type RankReport,
} from '@bioscan/eval';
import {
  writeIdentifier,
  type CardFacts,
  type CardFigure,
  type IdentifierKeys,
  type IdentifierManifest,
  type IdentifierParts,
  type ReferenceSpecimen,
} from '@bioscan/identify';
import { fittedVotes, type FittedVotes } from './fitted-votes.js';
import { rankAccuracy } from './rank-predictions.js';
import { votingNeighbours } from './voting-neighbours.js';

/** What an identifier is exported from, wherever it was trained. */
export interface IdentifierInput {
  readonly name: string;
  readonly encoder: IdentifierParts['encoder'];
  /** Names of all that follows; ids of keys and of validation photos must be among them. */
  readonly records: Iterable<ReferenceSpecimen>;
  /** Vectors of reference photos by that encoder, and of barcodes in the same space. */
  readonly keys: { readonly image: EmbeddingBlock; readonly dna?: EmbeddingBlock };
  /** Vectors of photos that are neither keys nor training photos. */
  readonly validation: EmbeddingBlock;
  /** Vectors of the training photos, for the gate. Default: those of the keys. */
  readonly training?: EmbeddingBlock;
  readonly facts: Omit<CardFacts, 'figures' | 'limits'> & { readonly limits?: readonly string[] };
}

export interface ExportIdentifierOptions {
  readonly rng: Rng;
  /** Coarse to fine. Default: order, family, genus and species, as far as references and validation photos have them. */
  readonly ranks?: readonly LabelRank[];
  /** Default 20. */
  readonly voters?: number;
  /** Share of photos of species without a key to expect. Default 0.1. */
  readonly novelPrior?: number;
  /** How keys are stored. Default `float32`. */
  readonly keyPrecision?: 'float32' | 'int8';
  readonly replace?: boolean;
}

/** What was written, and how well it does on validation photos. */
export interface ExportedIdentifier {
  readonly manifest: IdentifierManifest;
  /** Cross-fitted, at the novel prior. */
  readonly calibration: readonly RankReport[];
  readonly abstention: readonly AbstentionPoint[];
  readonly novelty: FittedVotes['novelty'];
  readonly dnaKeys: boolean;
}

const levels = [0.8, 0.9, 0.95];
/** As many validation photos as a pilot is held against. */
const mostKept = 500;
/** With fewer validation photos the card says that confidence is rough. */
const enough = 200;

/**
 * Fits calibration, thresholds and gate, measures the card's figures on the validation photos, and writes the folder.
 * @throws BioscanError `bad-input` for validation photos that are keys too; what fitting and writing throw
 */
export async function exportIdentifier(
  store: Store,
  input: IdentifierInput,
  options: ExportIdentifierOptions,
): Promise<ExportedIdentifier> {
  const { rng, voters = 20, novelPrior = 0.1, keyPrecision = 'float32', replace = false } = options;
  const { keys, validation, encoder } = input;
  requireApart(keys.image, validation);
  const byId = new Map([...input.records].map((record) => [record.processId, record]));
  const labels = labelTable(byId.values());
  const ranks = options.ranks ?? usualRanks(keys.image, validation, labels);
  const votes = fittedVotes(keys.image, keys.dna, validation, labels, { ranks, voters, novelPrior });
  const gate = gateOf(input.training ?? keys.image, byId, rng.split('gate'));
  const pValues = likenessPValues(gate, validation.vectors);
  const report = voteReport(votes.examples, votes.options);
  const { references, keySets } = keysOf(keys, votes.dnaShift, byId);
  const kept = sampled(validation.ids.length, rng.split('validation'));
  const nearest = votingNeighbours(validation, shifted(keys, votes.dnaShift), 1).score;
  const figures = [
    ...accuracyFigures(votes, labels, keys.image, rng.split('bootstrap')),
    ...calibrationFigures(report),
    alarmFigure(pValues, gate),
  ];
  const manifest = await writeIdentifier(
    store,
    {
      name: input.name,
      encoder,
      ranks,
      references,
      keys: keySets,
      calibration: {
        voters,
        novelPrior,
        tree: votes.tree,
        ...(votes.bin === undefined ? {} : { bin: votes.bin }),
        thresholds: levels.map((level) => ({
          level,
          at: assertionThresholds(votes.examples, votes.tree, level, novelPrior),
        })),
        validation: {
          similarities: kept.map((i) => nearest[i] as number),
          pValues: kept.map((i) => pValues[i] as number),
        },
      },
      gate,
      facts: { ...input.facts, figures, limits: limitsOf(input, votes, novelPrior) },
    },
    { keys: keyPrecision, replace },
  );
  return {
    manifest,
    calibration: report,
    abstention: abstentionCurve(votes.examples, votes.tree, { novelPrior }),
    novelty: votes.novelty,
    dnaKeys: votes.dnaShift !== undefined,
  };
}

/** A photo of a species that the training photos lack is not unlike them for that: each is scored without its own species. */
function gateOf(training: EmbeddingBlock, byId: ReadonlyMap<string, ReferenceSpecimen>, rng: Rng): UnlikeGate {
  const groups = training.ids.map((id) => {
    const { lineage, bin } = byId.get(id) ?? {};
    return lineage?.species ?? bin;
  });
  return fitUnlikeGate(training.vectors, { rng, groups });
}

function requireApart(keys: EmbeddingBlock, validation: EmbeddingBlock): void {
  const known = new Set(keys.ids);
  const shared = validation.ids.filter((id) => known.has(id));
  if (shared.length === 0) return;
  throw new BioscanError(
    'bad-input',
    `cli: export, got ${shared.length} validation photos that are keys too (${shared[0] ?? ''}), expected none: they would vote for themselves`,
    { shared: shared.length },
  );
}

/** The ranks that some key and some validation photo have a name at. */
function usualRanks(keys: EmbeddingBlock, validation: EmbeddingBlock, labels: LabelTable): LabelRank[] {
  const usual = allRanks.filter((rank) => ['order', 'family', 'genus', 'species'].includes(rank));
  const found = usual.filter((rank) =>
    [keys, validation].every(({ ids }) => ids.some((id) => labels.labelOf(id, rank) !== undefined)),
  );
  if (found.length > 0) return found;
  throw new BioscanError('bad-input', 'cli: export, got no rank that keys and validation photos both have names at');
}

function shifted(
  { image, dna }: IdentifierInput['keys'],
  dnaShift: number | undefined,
): { block: EmbeddingBlock; shift: number }[] {
  return [
    { block: image, shift: 0 },
    ...(dna === undefined || dnaShift === undefined ? [] : [{ block: dna, shift: dnaShift }]),
  ];
}

/** References in order of their first key, and keys that point at them. */
function keysOf(
  keys: IdentifierInput['keys'],
  dnaShift: number | undefined,
  byId: ReadonlyMap<string, ReferenceSpecimen>,
): { references: ReferenceSpecimen[]; keySets: IdentifierKeys[] } {
  const position = new Map<string, number>();
  const references: ReferenceSpecimen[] = [];
  const rowOf = (id: string): number => {
    const known = position.get(id);
    if (known !== undefined) return known;
    const { lineage = {}, bin } = byId.get(id) ?? {};
    position.set(id, references.length);
    return references.push({ processId: id, lineage, ...(bin === undefined ? {} : { bin }) }) - 1;
  };
  const modalities = ['image', 'dna'] as const;
  const keySets = shifted(keys, dnaShift).map(({ block, shift }, i) => ({
    modality: modalities[i] as 'image' | 'dna',
    rows: Int32Array.from(block.ids, rowOf),
    vectors: block.vectors,
    shift,
  }));
  return { references, keySets };
}

function sampled(count: number, rng: Rng): number[] {
  return rng.shuffle(Array.from({ length: count }, (_, i) => i)).slice(0, mostKept);
}

/** Of photos whose species has a key, as hiding keys repeats photos: each photo once. */
function accuracyFigures(votes: FittedVotes, labels: LabelTable, keys: EmbeddingBlock, rng: Rng): CardFigure[] {
  const known = votes.examples.filter(({ novel }) => !novel);
  const trees = known.map(({ votes: voters }) => voteTree(voters, votes.tree));
  return votes.tree.flatMap(({ rank }, depth) => {
    const rows = known.map(({ id }, i) => {
      const root = trees[i];
      const names = root === undefined ? [] : taxaAt(root, depth).taxa.flatMap(({ name }) => name ?? []);
      return { id, names: names.slice(0, 5) };
    });
    const keyLabels = new Set(keys.ids.flatMap((id) => labels.labelOf(id, rank) ?? []));
    const accuracy = rankAccuracy(rank, rows, labels, keyLabels, rng.split(rank));
    return accuracy === undefined ? [] : [accuracy.macro, accuracy.micro];
  });
}

/** None where validation photos show one species only: it cannot be cross-fitted. */
function calibrationFigures(report: readonly RankReport[]): CardFigure[] {
  const judged = report.filter(({ queries }) => queries > 0);
  return judged.flatMap(({ rank, queries: count, expectedCalibrationError, brier, negativeLogLikelihood }) => [
    { name: `calibration error ${rank}, cross-fitted, equal mass`, value: expectedCalibrationError, count },
    { name: `Brier score ${rank}, cross-fitted`, value: brier, count },
    { name: `negative log likelihood ${rank}, cross-fitted`, value: negativeLogLikelihood, count },
  ]);
}

function alarmFigure(pValues: Float64Array, { falseAlarmRate }: UnlikeGate): CardFigure {
  const alarms = pValues.filter((p) => p < falseAlarmRate).length;
  const interval = wilsonInterval(alarms, pValues.length, 'photos');
  return {
    name: `validation photos that the gate calls unlike, expected ${falseAlarmRate}`,
    value: alarms / pValues.length,
    count: pValues.length,
    ...(interval === undefined ? {} : { interval }),
  };
}

function limitsOf(
  { facts, keys, validation }: IdentifierInput,
  { novelty, dnaShift }: FittedVotes,
  novelPrior: number,
): string[] {
  return [
    ...(facts.limits ?? []),
    ...(validation.ids.length >= enough
      ? []
      : [`Calibrated on ${validation.ids.length} photos only: confidence is rough below ${enough}.`]),
    ...(keys.dna === undefined || dnaShift !== undefined
      ? []
      : ['Barcodes were tried as keys and left out: photos alone were as sure on validation photos.']),
    'Photos must be framed and taken as the training photos were; field photos were not tested.',
    'It knows the reference specimens only, with the names that their table gives them.',
    `Confidence holds where ${Number((100 * novelPrior).toFixed(1))} % of photos show species without a key; learnt from ${novelty}.`,
    'The gate sees what the encoder sees: a change that the encoder ignores is not noticed.',
  ];
}
