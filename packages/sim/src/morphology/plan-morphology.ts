import { BioscanError, type Rank, type Rng } from '@bioscan/core';
import type { Archetype, BodyPlan } from './archetype.js';
import { archetypesOfOrder, unlistedOrders } from './archetypes.js';
import type { ImageModel } from '../world.js';
import { commonTraits, isPattern, isShape, traitNames, type TraitName, type Traits } from './traits.js';

/** What all specimens of a species share. Plain numbers, so that it can be sent to a worker. */
export interface Morphology {
  readonly plan: BodyPlan;
  /** The kind of animal that its family started from, for captions. */
  readonly archetype: string;
  readonly traits: Traits;
}

/** A species with its path from the root of the tree: names are unique within a rank, lengths are branch lengths. */
export interface SpeciesPath {
  readonly nodes: readonly { readonly rank: Rank; readonly name: string; readonly length: number }[];
}

/**
 * `speciesSignal`: 0 congeners share every trait, 1 they differ as much as genera of a subfamily. `tree`: `barcode` where barcodes evolve,
 * `decoupled` as another species of the order; `family-only` plans as `barcode`, and each specimen is to be photographed as a random species of its family.
 * `mimicry`: share of genera that wear the colours and patterns of a genus of another family.
 */
export type MorphologySettings = Partial<Pick<ImageModel, 'speciesSignal' | 'tree' | 'mimicry'>>;

/** Standard deviations of one branch at each rank: factors for shapes, steps for colours and patterns. */
const steps = {
  family: { shape: 0.13, colour: 0.15, pattern: 0.13 },
  subfamily: { shape: 0.06, colour: 0.08, pattern: 0.08 },
  genus: { shape: 0.05, colour: 0.1, pattern: 0.12 },
} as const;

/**
 * Evolves what each species looks like along its tree: the body plan by order, a start by family, then steps at families, subfamilies and genera,
 * and small ones at species. One morphology a species, in order.
 * @throws BioscanError `bad-input` for a share outside [0, 1]
 */
export function planMorphology(
  species: readonly SpeciesPath[],
  settings: MorphologySettings,
  random: Rng,
): readonly Morphology[] {
  const { speciesSignal = 0.15, tree = 'barcode', mimicry = 0 } = settings;
  for (const [name, got] of Object.entries({ speciesSignal, mimicry })) {
    if (!(got >= 0 && got <= 1))
      throw new BioscanError('bad-input', `sim: ${name}, got ${got}, expected 0 to 1`, { name, got });
  }
  const paths = tree === 'decoupled' ? exchanged(species, random.split('decoupled')) : species;
  const nodes = new Map<string, Morphology>();
  const lengths = meanLengths(paths);
  const planned = paths.map((path) => evolvePath(path, { signal: speciesSignal, lengths, nodes }, random));
  return mimicry > 0 ? mimics(paths, planned, mimicry, random.split('mimicry')) : planned;
}

interface Growth {
  readonly signal: number;
  readonly lengths: ReadonlyMap<Rank, number>;
  /** Looks by rank and name: relatives meet at their common nodes. */
  readonly nodes: Map<string, Morphology>;
}

/** Each species with the path of another of its order. */
function exchanged(species: readonly SpeciesPath[], random: Rng): readonly SpeciesPath[] {
  const orders = new Map<string, number[]>();
  species.forEach((path, i) => {
    const members = orders.get(nameAt(path, 'order')) ?? [];
    orders.set(nameAt(path, 'order'), members);
    members.push(i);
  });
  const paths = [...species];
  for (const members of orders.values()) {
    const others = random.shuffle([...members]);
    members.forEach((i, k) => {
      paths[i] = species[others[k] ?? i] ?? { nodes: [] };
    });
  }
  return paths;
}

function evolvePath(path: SpeciesPath, growth: Growth, random: Rng): Morphology {
  let look: Morphology = { plan: 'fly', archetype: 'insect', traits: commonTraits };
  let archetypes: readonly Archetype[] = unlistedOrders[0] ?? [];
  for (const node of path.nodes) {
    if (node.rank === 'order') archetypes = archetypesOfOrder[node.name] ?? unlisted(node.name);
    const key = `${node.rank} ${node.name}`;
    const known = growth.nodes.get(key) ?? step(look, node, archetypes, growth, random.split(key));
    growth.nodes.set(key, known);
    look = known;
  }
  return look;
}

type Node = SpeciesPath['nodes'][number];

function step(from: Morphology, node: Node, archetypes: readonly Archetype[], growth: Growth, random: Rng): Morphology {
  if (node.rank === 'family') return evolve(start(archetypes, random), steps.family, stretch(node, growth), random);
  if (node.rank === 'subfamily' || node.rank === 'genus') {
    return evolve(from, steps[node.rank], stretch(node, growth), random);
  }
  return node.rank === 'species' ? evolve(from, steps.genus, growth.signal * stretch(node, growth), random) : from;
}

function start(archetypes: readonly Archetype[], random: Rng): Morphology {
  const total = archetypes.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.uniform() * total;
  const chosen = archetypes.find(({ weight }) => (left -= weight) < 0) ?? archetypes[0];
  if (chosen === undefined) throw new RangeError('sim: an order without archetypes');
  return { plan: chosen.plan, archetype: chosen.name, traits: { ...commonTraits, ...chosen.traits } };
}

function evolve(
  from: Morphology,
  { shape, colour, pattern }: { readonly shape: number; readonly colour: number; readonly pattern: number },
  scale: number,
  random: Rng,
): Morphology {
  const traits = { ...from.traits };
  for (const name of traitNames) {
    const value = traits[name];
    const draw = scale * random.normal();
    if (isShape(name)) traits[name] = value * Math.exp(shape * draw * (name === 'bodyLength' ? 2 : 1));
    else traits[name] = reflect(value + (isPattern(name) ? pattern : colour) * draw * liability(name, value));
  }
  return { ...from, traits };
}

/** Rare things stay rare: what a lineage lacks altogether comes slowly. */
function liability(name: TraitName, value: number): number {
  const rare = name === 'iridescence' || name === 'green' || name === 'spots' || name === 'wingBands';
  return rare && value < 0.05 ? 0.25 : 1;
}

function reflect(value: number): number {
  if (value < 0) return Math.min(1, -value);
  return value > 1 ? Math.max(0, 2 - value) : value;
}

/** Longer branches change more: square root of the branch by the mean branch of its rank. */
function stretch({ rank, length }: Node, { lengths }: Growth): number {
  const mean = lengths.get(rank) ?? 0;
  return mean > 0 ? Math.sqrt(Math.min(4, Math.max(0.25, length / mean))) : 1;
}

/** Mean branch length of the nodes of each rank, in an order that does not depend on the species'. */
function meanLengths(paths: readonly SpeciesPath[]): Map<Rank, number> {
  const nodes = new Map(
    paths.flatMap((path) => path.nodes.map((node) => [`${node.rank} ${node.name}`, node] as const)),
  );
  const lengths = new Map<Rank, number[]>();
  for (const { rank, length } of nodes.values()) {
    const all = lengths.get(rank);
    if (all === undefined) lengths.set(rank, [length]);
    else all.push(length);
  }
  return new Map(
    [...lengths].map(([rank, all]) => [
      rank,
      all.sort((a, b) => a - b).reduce((sum, length) => sum + length, 0) / all.length,
    ]),
  );
}

function unlisted(order: string): readonly Archetype[] {
  let sum = 0;
  for (const letter of order) sum = (31 * sum + letter.charCodeAt(0)) % 65_521;
  return unlistedOrders[sum % unlistedOrders.length] ?? [];
}

/** Gives a share of genera the colours and patterns of a genus of another family; shapes stay their own. */
function mimics(
  paths: readonly SpeciesPath[],
  planned: readonly Morphology[],
  share: number,
  random: Rng,
): readonly Morphology[] {
  const genera = new Map<string, { readonly family: string; readonly look: Morphology }>();
  paths.forEach((path, i) => {
    const look = planned[i];
    if (look !== undefined) genera.set(nameAt(path, 'genus'), { family: nameAt(path, 'family'), look });
  });
  const models = new Map<string, Traits>();
  for (const [genus, { family }] of genera) {
    if (random.uniform() >= share) continue;
    const candidates = [...genera.values()].filter((other) => other.family !== family);
    const model = candidates[random.integer(Math.max(1, candidates.length))];
    if (model !== undefined) models.set(genus, model.look.traits);
  }
  return planned.map((look, i) => {
    const model = models.get(nameAt(paths[i] ?? { nodes: [] }, 'genus'));
    return model === undefined ? look : { ...look, traits: dressed(look.traits, model) };
  });
}

function dressed(own: Traits, model: Traits): Traits {
  const traits = { ...own };
  for (const name of traitNames) if (!isShape(name)) traits[name] = model[name];
  return traits;
}

function nameAt({ nodes }: SpeciesPath, rank: Rank): string {
  return nodes.find((node) => node.rank === rank)?.name ?? '';
}
