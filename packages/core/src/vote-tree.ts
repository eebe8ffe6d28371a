import { curveAt, type MonotoneCurve } from './monotone-curve.js';
import type { LabelRank } from './taxonomy.js';

/** One near key as a voter: how near, and its names at the calibrated ranks, coarse to fine. */
export interface Vote {
  readonly similarity: number;
  /** As many as ranks; undefined where the key has no name. */
  readonly names: readonly (string | undefined)[];
}

/** How votes become probabilities at one rank. */
export interface RankCalibration {
  readonly rank: LabelRank;
  /** A voter weighs exp(similarity / temperature). */
  readonly temperature: number;
  /** Probability that the parent's child is among those voted for: logistic in the best similarity below the parent. */
  readonly known: { readonly intercept: number; readonly slope: number };
  /** What the leading child's conditional probability becomes; the others share the rest as before. Absent: it stays. */
  readonly curve?: MonotoneCurve;
}

/** A taxon that some near keys bear. */
export interface VotedTaxon {
  /** Undefined at the root. */
  readonly rank: LabelRank | undefined;
  /** Undefined at the root, and for keys that have finer names but none here. */
  readonly name: string | undefined;
  readonly probability: number;
  /** Probability of another child than `children`: new to the references, or not among the nearest. */
  readonly another: number;
  /** Most probable first. */
  readonly children: readonly VotedTaxon[];
}

/**
 * Probabilities along the tree of names from the nearest keys. Each taxon's children and its mass for another child add up to its own
 * probability, so that a genus is never less probable than one of its species. Keys without a name at a rank are passed over there.
 * @param ranks coarse to fine, in the order of each vote's names
 */
export function voteTree(votes: readonly Vote[], ranks: readonly RankCalibration[]): VotedTaxon {
  return grown(undefined, undefined, 1, votes, ranks, 0);
}

/** Taxa of a rank in a tree of votes, most probable first, and the mass of all others. */
export function taxaAt(root: VotedTaxon, depth: number): { taxa: VotedTaxon[]; another: number } {
  let level: VotedTaxon[] = [root];
  for (let i = 0; i <= depth; i++) level = level.flatMap(({ children }) => children);
  const taxa = level.filter(({ name }) => name !== undefined).sort((a, b) => b.probability - a.probability);
  return { taxa, another: Math.max(0, 1 - taxa.reduce((sum, { probability }) => sum + probability, 0)) };
}

/** The children that votes of one parent name at a depth. */
export interface ChildVotes {
  readonly name: string | undefined;
  readonly votes: readonly Vote[];
  /** Share of the weight, at the temperature. */
  readonly share: number;
}

/** Groups the votes of one parent by their name at a depth; shares add up to 1. Voters without this name and finer ones are passed over. */
export function childVotes(votes: readonly Vote[], depth: number, temperature: number): ChildVotes[] {
  const groups = new Map<string | undefined, Vote[]>();
  let best = Number.NEGATIVE_INFINITY;
  for (const vote of votes) {
    const name = vote.names[depth];
    if (name === undefined && vote.names.slice(depth + 1).every((finer) => finer === undefined)) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [vote]);
    else group.push(vote);
    best = Math.max(best, vote.similarity);
  }
  const weighed = [...groups].map(([name, members]) => {
    const weight = members.reduce((sum, { similarity }) => sum + Math.exp((similarity - best) / temperature), 0);
    return { name, votes: members, weight };
  });
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  return weighed.map(({ name, votes: members, weight }) => ({ name, votes: members, share: weight / total }));
}

/** Probability that the child of a parent is among those voted for, given its best voter. */
export function knownShare({ known }: RankCalibration, bestSimilarity: number): number {
  return 1 / (1 + Math.exp(-(known.intercept + known.slope * bestSimilarity)));
}

function grown(
  rank: LabelRank | undefined,
  name: string | undefined,
  probability: number,
  votes: readonly Vote[],
  ranks: readonly RankCalibration[],
  depth: number,
): VotedTaxon {
  const calibration = ranks[depth];
  if (calibration === undefined) return { rank, name, probability, another: 0, children: [] };
  const shares = childProbabilities(votes, calibration, depth);
  const children = shares
    .map((child) => grown(calibration.rank, child.name, probability * child.share, child.votes, ranks, depth + 1))
    .sort((a, b) => b.probability - a.probability);
  const taken = children.reduce((sum, child) => sum + child.probability, 0);
  return { rank, name, probability, another: Math.max(0, probability - taken), children };
}

/** Conditional probabilities of one parent's children; what they leave to 1 is another child's. */
export function childProbabilities(votes: readonly Vote[], calibration: RankCalibration, depth: number): ChildVotes[] {
  const children = childVotes(votes, depth, calibration.temperature);
  if (children.length === 0) return [];
  const best = Math.max(...children.flatMap((child) => child.votes.map(({ similarity }) => similarity)));
  const known = knownShare(calibration, best);
  const raw = children.map((child) => ({ ...child, share: child.share * known }));
  if (calibration.curve === undefined) return raw;
  const leading = raw.reduce((top, child, i) => (child.share > (raw[top] as ChildVotes).share ? i : top), 0);
  const before = (raw[leading] as ChildVotes).share;
  const after = curveAt(calibration.curve, before);
  const rest = before < 1 ? (1 - after) / (1 - before) : 0;
  return raw.map((child, i) => ({ ...child, share: i === leading ? after : child.share * rest }));
}
