import {
  labelAt,
  likenessPValues,
  nearestKeys,
  ranks,
  taxaAt,
  voteTree,
  type LabelRank,
  type Lineage,
  type Tensor,
  type Vote,
  type VotedTaxon,
} from '@bioscan/core';
import type { KeyModality } from './manifest.js';
import type { IdentifierContents } from './open-folder.js';
import { unitRows } from './unit-rows.js';

/** A name and how sure it is. */
export interface RankedTaxon {
  readonly name: string;
  /** Calibrated probability. Never above that of the taxon it belongs to. */
  readonly confidence: number;
}

export interface RankIdentification {
  readonly rank: LabelRank;
  /** Most probable first. */
  readonly taxa: readonly RankedTaxon[];
  /** Probability of a taxon that is not listed: new to the references, or not among the nearest. */
  readonly another: number;
}

/** The deepest name that is asserted. */
export interface AssertedTaxon extends RankedTaxon {
  readonly rank: LabelRank;
  /** Its name and those above it. */
  readonly lineage: Lineage;
}

/** A reference specimen that is near. */
export interface NearReference {
  readonly processId: string;
  readonly lineage: Lineage;
  readonly bin?: string;
  /** Cosine of the vectors, the modality's shift not included. */
  readonly similarity: number;
  /** Whether the photo's vector is near to the specimen's photo or to its barcode. */
  readonly modality: KeyModality;
}

/** What a photo shows. */
export interface Identification {
  /** Coarse to fine; BINs last, which stand beside the tree. */
  readonly ranks: readonly RankIdentification[];
  /** Absent where no name is sure enough, and for a photo unlike the training photos, where no confidence holds. */
  readonly asserted?: AssertedTaxon;
  /** Nearest first. */
  readonly nearest: readonly NearReference[];
  readonly unlike: {
    /** True: unlike the training photos. Of photos like them, the gate's rate is called so by mistake. */
    readonly verdict: boolean;
    readonly pValue: number;
  };
}

export interface IdentificationOptions {
  /** How sure an asserted name must be. Default 0.9. */
  readonly confidence?: number;
  /** Reference specimens that are named. Default 5. */
  readonly neighbours?: number;
  /** Taxa that are listed at each rank. Default 5. */
  readonly taxa?: number;
}

/** Names vectors `(n, dimension)` as the encoder gives them. @throws RangeError for a confidence outside 0 to 1 */
export function identifyVectors(
  contents: Omit<IdentifierContents, 'encoder' | 'precision'>,
  vectors: Tensor<'float32'>,
  options: IdentificationOptions = {},
): Identification[] {
  const { confidence = 0.9, neighbours = 5, taxa = 5 } = options;
  if (!(confidence > 0 && confidence <= 1))
    throw new RangeError(`identify: confidence, got ${confidence}, expected 0 to 1`);
  const { calibration, gate, manifest } = contents;
  const pValues = likenessPValues(gate, vectors);
  const near = nearest(contents, vectors, Math.max(calibration.voters, neighbours));
  return near.map((found, i) => {
    const voters = found.slice(0, calibration.voters);
    const root = voteTree(votesOf(contents, voters, manifest.ranks), calibration.tree);
    const levels = manifest.ranks.map((rank, depth) => rankIdentification(rank, root, depth, taxa));
    const pValue = pValues[i] as number;
    const unlike = { verdict: pValue < gate.falseAlarmRate, pValue };
    const asserted = unlike.verdict ? undefined : assertedIn(root, contents, confidence);
    if (calibration.bin !== undefined) {
      const bins = voteTree(votesOf(contents, voters, ['bin']), [calibration.bin]);
      levels.push(rankIdentification('bin', bins, 0, taxa));
    }
    return {
      ranks: levels,
      ...(asserted === undefined ? {} : { asserted }),
      nearest: found.slice(0, neighbours).map((one) => nearReference(contents, one)),
      unlike,
    };
  });
}

interface Found {
  readonly reference: number;
  /** Shift included. */
  readonly score: number;
  readonly similarity: number;
  readonly modality: KeyModality;
}

/** The k nearest keys of all modalities, on one scale. */
function nearest({ keys }: Pick<IdentifierContents, 'keys'>, vectors: Tensor<'float32'>, k: number): Found[][] {
  const queries = unitRows(vectors);
  const [rows = 0] = queries.shape;
  const lists: Found[][] = Array.from({ length: rows }, () => []);
  for (const { matrix, modality, rows: references, shift } of keys) {
    const { index, score } = nearestKeys(matrix, queries, k);
    for (let at = 0; at < index.length; at++) {
      const key = index[at] as number;
      if (key < 0) continue;
      const similarity = score[at] as number;
      const found = { reference: references[key] as number, score: similarity + shift, similarity, modality };
      lists[Math.floor(at / k)]?.push(found);
    }
  }
  return lists.map((list) => list.sort((a, b) => b.score - a.score).slice(0, k));
}

function votesOf(
  { references }: Pick<IdentifierContents, 'references'>,
  found: readonly Found[],
  at: readonly LabelRank[],
): Vote[] {
  return found.map(({ reference, score }) => {
    const specimen = references[reference];
    return {
      similarity: score,
      names: at.map((rank) => (specimen === undefined ? undefined : labelAt(specimen, rank))),
    };
  });
}

function rankIdentification(rank: LabelRank, root: VotedTaxon, depth: number, most: number): RankIdentification {
  const { taxa } = taxaAt(root, depth);
  const listed = taxa.slice(0, most).map(({ name = '', probability }) => ({ name, confidence: probability }));
  const told = listed.reduce((sum, taxon) => sum + taxon.confidence, 0);
  return { rank, taxa: listed, another: Math.max(0, 1 - told) };
}

/** Follows the most probable child as long as it is sure enough. Unnamed children are passed through, not asserted. */
function assertedIn(
  root: VotedTaxon,
  { calibration }: Pick<IdentifierContents, 'calibration'>,
  level: number,
): AssertedTaxon | undefined {
  const fitted = calibration.thresholds.find((one) => one.level === level)?.at ?? {};
  const lineage: Record<string, string> = {};
  let asserted: AssertedTaxon | undefined;
  for (let taxon = root.children[0]; taxon !== undefined; taxon = taxon.children[0]) {
    const { rank, name, probability } = taxon;
    if (probability < level) break;
    if (rank === undefined || name === undefined) continue;
    // A rank may be surer than its fitted threshold asks while the one above is not: the deepest counts.
    if (ranks.some((one) => one === rank)) lineage[rank] = name;
    if (probability >= (fitted[rank] ?? level))
      asserted = { rank, name, confidence: probability, lineage: { ...lineage } };
  }
  return asserted;
}

function nearReference(
  { references }: Pick<IdentifierContents, 'references'>,
  { reference, similarity, modality }: Found,
): NearReference {
  const { processId = '', lineage = {}, bin } = references[reference] ?? {};
  return { processId, lineage, ...(bin === undefined ? {} : { bin }), similarity, modality };
}
