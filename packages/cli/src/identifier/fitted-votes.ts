import { BioscanError, type EmbeddingBlock, type LabelRank, type RankCalibration } from '@bioscan/core';
import {
  fitVotes,
  voteExamples,
  voteReport,
  type FitVotesOptions,
  type LabelTable,
  type VoteExample,
} from '@bioscan/eval';
import { votingNeighbours, type ShiftedKeys } from './voting-neighbours.js';

export interface VotesOptions {
  readonly ranks: readonly LabelRank[];
  readonly voters: number;
  readonly novelPrior: number;
}

/** Votes of validation photos, calibrated, with what was chosen on the way. */
export interface FittedVotes {
  readonly tree: readonly RankCalibration[];
  readonly bin?: RankCalibration;
  readonly examples: readonly VoteExample[];
  /** Votes for other photos. With `stand-ins` as it was fitted: photos again with their own keys hidden, where novel ones were few. */
  readonly examplesOf: (photos: EmbeddingBlock, kind: 'photos' | 'stand-ins') => VoteExample[];
  readonly options: FitVotesOptions;
  /** Added to similarities with barcodes; undefined: photos decide better alone. */
  readonly dnaShift?: number;
  /** Whether barcodes were tried: with few species it would be chance. */
  readonly dnaTried: boolean;
  /** Whether novelty was learnt from species without keys, or from hiding a query's own keys. */
  readonly novelty: 'species without keys' | 'own keys hidden';
}

/** From this many examples an isotonic curve is better than a temperature alone. */
const manyExamples = 300;
/** With fewer species to fit on, that barcodes help or hurt is chance. */
const fewSpecies = 10;
/** From this many queries of species without keys these show what novelty looks like. */
const fewNovel = 20;

/** Fits calibrations for the tree and for BINs, and chooses whether and how far barcode keys vote by cross-fitted likelihood. */
export function fittedVotes(
  image: EmbeddingBlock,
  dna: EmbeddingBlock | undefined,
  validation: EmbeddingBlock,
  labels: LabelTable,
  options: VotesOptions,
): FittedVotes {
  const photos: ShiftedKeys[] = [{ block: image, shift: 0 }];
  let best: Fit = fitOnce(photos, validation, labels, options);
  const species = new Set(best.examples.map(({ truth, id }) => truth.at(-1) ?? id)).size;
  if (dna !== undefined && species >= fewSpecies) {
    const centre = topGap(image, dna, validation);
    for (const step of [-0.1, -0.05, 0, 0.05, 0.1]) {
      const keys = [...photos, { block: dna, shift: centre + step }];
      const candidate = { ...fitOnce(keys, validation, labels, options), dnaShift: centre + step };
      if (candidate.loss < best.loss) best = candidate;
    }
  }
  return { ...best, dnaTried: dna !== undefined && species >= fewSpecies };
}

type Fit = Omit<FittedVotes, 'dnaTried'> & { readonly loss: number };

function fitOnce(
  keys: readonly ShiftedKeys[],
  validation: EmbeddingBlock,
  labels: LabelTable,
  { ranks, voters, novelPrior }: VotesOptions,
): Fit {
  const deep = Math.max(100, 5 * voters);
  const neighbours = votingNeighbours(validation, keys, deep);
  const natural = voteExamples(neighbours, labels, { ranks, voters });
  if (natural.length === 0) {
    throw new BioscanError(
      'bad-input',
      'cli: export, got no validation photo with names, expected some to calibrate on',
    );
  }
  const hideOwn = natural.filter(({ novel }) => novel).length < fewNovel;
  const examples = hideOwn ? voteExamples(neighbours, labels, { ranks, voters, hideOwn }) : natural;
  const method = examples.length >= manyExamples ? 'isotonic' : 'temperature';
  const options: FitVotesOptions = { ranks, novelPrior, method };
  const bins = voteExamples(neighbours, labels, { ranks: ['bin'], voters, hideOwn });
  const bin = bins.length < fewNovel ? undefined : fitVotes(bins, { ranks: ['bin'], novelPrior, method })[0];
  return {
    examplesOf: (photos, kind) =>
      photos.ids.length === 0
        ? []
        : voteExamples(votingNeighbours(photos, keys, deep), labels, {
            ...{ ranks, voters },
            hideOwn: hideOwn && kind === 'stand-ins',
          }),
    tree: fitVotes(examples, options),
    ...(bin === undefined ? {} : { bin }),
    examples,
    options,
    novelty: hideOwn ? 'own keys hidden' : 'species without keys',
    loss: voteReport(examples, options).at(-1)?.negativeLogLikelihood ?? Infinity,
  };
}

/** How much nearer the nearest photo is than the nearest barcode, on average: modalities lie apart. */
function topGap(image: EmbeddingBlock, dna: EmbeddingBlock, validation: EmbeddingBlock): number {
  const [photo, barcode] = [image, dna].map((block) => {
    const { score } = votingNeighbours(validation, [{ block, shift: 0 }], 1);
    return score.reduce((sum, value) => sum + value, 0) / score.length;
  }) as [number, number];
  return photo - barcode;
}
