import {
  BioscanError,
  likenessPValues,
  ranks as allRanks,
  type EmbeddingBlock,
  type LabelRank,
  type Rng,
  type Store,
  type UnlikeGate,
} from '@bioscan/core';
import {
  abstentionCurve,
  assertionThresholds,
  labelTable,
  type AbstentionPoint,
  type LabelTable,
  type RankReport,
} from '@bioscan/eval';
import {
  storedVectors,
  writeIdentifier,
  type CardEvidence,
  type CardFacts,
  type CardFigure,
  type IdentifierManifest,
  type IdentifierParts,
  type PhotoCount,
  type PhotoLikeness,
  type ReferenceSpecimen,
} from '@bioscan/identify';
import { accuracyFigures, assertionFigures, type CheckedPhotos } from './accuracy-figures.js';
import { calibrationFigures, calibrationReport } from './calibration-figures.js';
import { fittedGate, type FittedGate } from './fitted-gate.js';
import { fittedVotes, type FittedVotes } from './fitted-votes.js';
import { keysOf, shiftedKeys } from './identifier-keys.js';
import { noveltyOf } from './novelty-sets.js';
import { detectionFigures, int8Vectors, type PictureSource } from './seen-by-encoder.js';
import { blockRows, validationParts } from './validation-parts.js';
import { votingNeighbours, type ShiftedKeys } from './voting-neighbours.js';

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
  /** Plate or site of photos by process id, where known: photos of one are alike. */
  readonly clusters?: ReadonlyMap<string, string>;
  /** Keys of species that the encoder was not trained on. Default: not known, and all species with keys count as seen. */
  readonly keyOnly?: ReadonlySet<string>;
  /** Absent: how the 8-bit encoder sees validation photos, and what the gate makes of other pictures, stays unknown. */
  readonly source?: PictureSource;
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

/** What was written, and how well it does on the validation photos that confidence was not fitted on. */
export interface ExportedIdentifier {
  readonly manifest: IdentifierManifest;
  /** At the novel prior. Cross-fitted on the fitted photos where none were held back. */
  readonly calibration: readonly RankReport[];
  /** With the thresholds that were fitted; empty where no photos were held back. */
  readonly abstention: readonly AbstentionPoint[];
  readonly novelty: FittedVotes['novelty'];
  readonly dnaKeys: boolean;
  /** Of names, on the checked photos. */
  readonly accuracy: readonly CardFigure[];
  /** On held-out photos that the gate was not fitted on. */
  readonly gate: Pick<FittedGate, 'figures' | 'limits'>;
}

const levels = [0.8, 0.9, 0.95];
/** As many validation photos as a pilot is held against. */
const mostKept = 500;

/**
 * Fits calibration and thresholds on one part of the validation photos and measures accuracy and calibration on the other, which shares no
 * species with it; deals them again for the gate, by plates or species; and writes the folder.
 * @throws BioscanError `bad-input` for validation photos that are keys too; what fitting and writing throw
 */
export async function exportIdentifier(
  store: Store,
  input: IdentifierInput,
  options: ExportIdentifierOptions,
): Promise<ExportedIdentifier> {
  const { rng, voters = 20, novelPrior = 0.1, keyPrecision = 'float32', replace = false } = options;
  const { keys, validation, encoder, source, clusters = new Map<string, string>() } = input;
  requireApart(keys.image, validation);
  const byId = new Map([...input.records].map((record) => [record.processId, record]));
  const labels = labelTable(byId.values());
  const ranks = options.ranks ?? usualRanks(keys.image, validation, labels);
  const setOf = noveltyOf(keys.image, labels, ranks.at(-1) ?? 'species', input.keyOnly);
  const unitOf = (id: string): string => speciesOf(byId.get(id)) ?? id;
  const parts = validationParts(validation, { unitOf, stratumOf: setOf, rng: rng.split('parts') });
  const votes = fittedVotes(keys.image, keys.dna, parts.fitted, labels, { ranks, voters, novelPrior });
  const gated = fittedGate(input.training ?? keys.image, validation, { unitOf, setOf, clusters }, rng.split('gate'));
  const { gate } = gated;
  const thresholds = levels.map((level) => ({
    level,
    at: assertionThresholds(votes.examples, votes.tree, level, novelPrior),
  }));
  const thresholdsOf = (level: number): (typeof thresholds)[number]['at'] =>
    thresholds.find((one) => one.level === level)?.at ?? {};
  const { tree } = votes;
  const examples = votes.examplesOf(parts.checked, 'photos');
  const judged = votes.examplesOf(parts.checked, 'stand-ins');
  const checked: CheckedPhotos = { examples, tree, labels, keyIds: keys.image.ids, setOf, unitOf };
  const shifted = shiftedKeys(keys, votes.dnaShift);
  const kept = keptIds(validation, rng.split('validation'));
  const light = source === undefined ? undefined : await int8Vectors(source, encoder, kept);
  const { references, keySets } = keysOf(shifted, byId);
  const accuracy = [
    ...accuracyFigures(checked, rng.split('bootstrap')),
    ...assertionFigures(checked, 0.9, thresholdsOf(0.9), rng.split('asserted')),
  ];
  const unknown = kept.filter((id) => gated.checkedIds.has(id));
  const gateFigures = [
    ...gated.figures,
    ...(source === undefined ? [] : await detectionFigures(source, encoder, gate, unknown, rng.split('outsiders'))),
  ];
  const evidence: CardEvidence = { fitted: counted(parts.fitted, unitOf), checked: counted(parts.checked, unitOf) };
  const manifest = await writeIdentifier(
    store,
    {
      ...{ name: input.name, encoder, ranks, references, keys: keySets, gate, evidence },
      calibration: {
        ...{ voters, novelPrior, tree, thresholds },
        ...(votes.bin === undefined ? {} : { bin: votes.bin }),
        validation: {
          ...likeness(rowsOf(validation, kept), shifted, gate, keyPrecision),
          ...(light === undefined ? {} : { int8: likeness(light, shifted, gate, keyPrecision) }),
        },
      },
      facts: {
        ...input.facts,
        figures: [...accuracy, ...calibrationFigures(judged, votes, setOf), ...gateFigures],
        limits: [...limitsOf(input, votes, novelPrior), ...gated.limits],
      },
    },
    { keys: keyPrecision, replace },
  );
  return {
    manifest,
    calibration: calibrationReport(judged, votes),
    abstention: examples.length === 0 ? [] : abstentionCurve(judged, tree, { novelPrior, thresholdsOf }),
    novelty: votes.novelty,
    dnaKeys: votes.dnaShift !== undefined,
    accuracy,
    gate: { figures: gateFigures, limits: gated.limits },
  };
}

function speciesOf(record: ReferenceSpecimen | undefined): string | undefined {
  return record?.lineage.species ?? record?.bin;
}

function counted({ ids }: EmbeddingBlock, unitOf: (id: string) => string): PhotoCount {
  return { photos: ids.length, species: new Set(ids.map(unitOf)).size };
}

/** How photos lie to keys as they are stored, and to the gate. */
function likeness(
  photos: EmbeddingBlock,
  keys: readonly ShiftedKeys[],
  gate: UnlikeGate,
  dtype: 'float32' | 'int8',
): PhotoLikeness {
  const stored = keys.map(({ block, shift }) => ({
    block: { ids: block.ids, vectors: storedVectors(block.vectors, dtype) },
    shift,
  }));
  return {
    similarities: [...votingNeighbours(photos, stored, 1).score],
    pValues: [...likenessPValues(gate, photos.vectors)],
  };
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

function keptIds({ ids }: EmbeddingBlock, rng: Rng): string[] {
  return rng.shuffle([...ids]).slice(0, mostKept);
}

function rowsOf(block: EmbeddingBlock, ids: readonly string[]): EmbeddingBlock {
  const rowOf = new Map(block.ids.map((id, row) => [id, row]));
  return blockRows(
    block,
    ids.map((id) => rowOf.get(id) as number),
  );
}

function limitsOf(
  { facts, keys, keyOnly, source }: IdentifierInput,
  { novelty, dnaShift, dnaTried }: FittedVotes,
  novelPrior: number,
): string[] {
  return [
    ...(facts.limits ?? []),
    ...(keyOnly === undefined
      ? ['Which species the encoder was trained on is not known: all species with keys count as seen.']
      : []),
    ...(keys.dna === undefined || dnaShift !== undefined
      ? []
      : [
          dnaTried
            ? 'Barcodes were tried as keys and left out: photos alone were as sure on validation photos.'
            : 'Barcodes are no keys: with so few species held out, whether they help would be chance.',
        ]),
    ...(source === undefined ? ['What the gate makes of pictures without a specimen was not measured.'] : []),
    'Photos must be framed and taken as the training photos were; field photos were not tested.',
    'It knows the reference specimens only, with the names that their table gives them.',
    `Confidence holds where ${Number((100 * novelPrior).toFixed(1))} % of photos show species without a key; learnt from ${novelty}.`,
    'The gate sees what the encoder sees: a change that the encoder ignores is not noticed.',
  ];
}
