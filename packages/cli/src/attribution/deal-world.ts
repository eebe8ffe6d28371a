import { BioscanError, rng, type Rng } from '@bioscan/core';

/** How a world's specimens are dealt: their positions in the simulation. */
export interface WorldDeal {
  readonly training: readonly number[];
  /** Of unseen species: references only. Those of seen species are the training rows. */
  readonly unseenKeys: readonly number[];
  readonly seenQueries: readonly number[];
  readonly unseenQueries: readonly number[];
}

/** Specimens in order: the true species as a number, BIN and barcode as the record has them. */
export interface Dealable {
  readonly truth: readonly { readonly species: number }[];
  readonly specimens: readonly { readonly bin?: string; readonly barcode?: string }[];
}

export interface DealOptions {
  /** Least species among the queries. Default 100 and 50. */
  readonly seenSpecies?: number;
  readonly unseenSpecies?: number;
  /** Most training rows of a species. Default 24. */
  readonly cap?: number;
}

/** Queries of a species: at least 5, at most 10. */
const fewest = 5;
const most = 10;

/**
 * Deals specimens by true species: 5 to 10 queries a species, the truth deciding. Unseen species are held out in whole components of the graph
 * of species, BINs and barcodes: no training row shares its species, its BIN or its barcode with one of them, also where the record has no BIN.
 * Species with too few specimens for queries train along. @throws BioscanError `bad-input` when the world is too small for the protocol's sets
 */
export function dealWorld({ truth, specimens }: Dealable, seed: number, options: DealOptions = {}): WorldDeal {
  const { seenSpecies = 100, unseenSpecies = 50, cap = 24 } = options;
  const random = rng(seed).split('deal');
  const bySpecies = groups(truth.map(({ species }) => species));
  const unseen = drawUnseen(
    bySpecies,
    specimens.map(({ bin, barcode }) => [
      ...(bin === undefined ? [] : [`bin ${bin}`]),
      ...(barcode === undefined ? [] : [`barcode ${barcode}`]),
    ]),
    Math.ceil(1.2 * unseenSpecies),
    random,
  );
  const deal = {
    training: [] as number[],
    unseenKeys: [] as number[],
    seenQueries: [] as number[],
    unseenQueries: [] as number[],
  };
  let [seenCount, unseenCount] = [0, 0];
  for (const [species, members] of bySpecies) {
    const order = random.split(species).shuffle([...members]);
    const isUnseen = unseen.has(species);
    const asked = order.length >= fewest + 3 ? Math.min(most, Math.max(fewest, Math.floor(order.length / 3))) : 0;
    const rest = order.slice(asked);
    if (isUnseen) {
      if (asked === 0) continue;
      unseenCount++;
      deal.unseenQueries.push(...order.slice(0, asked));
      deal.unseenKeys.push(...rest.slice(0, most));
    } else {
      if (asked > 0) seenCount++;
      deal.seenQueries.push(...order.slice(0, asked));
      deal.training.push(...rest.slice(0, cap));
    }
  }
  if (seenCount >= seenSpecies && unseenCount >= unseenSpecies) return deal;
  throw new BioscanError(
    'bad-input',
    `cli: dealing specimens, got ${seenCount} seen and ${unseenCount} unseen species with ${fewest} queries, expected ${seenSpecies} and ${unseenSpecies}; give more specimens of more species (8 of a species and more count)`,
  );
}

/** Species that no training row belongs to: whole components that share BINs or barcodes, until enough of them have queries. */
function drawUnseen(
  bySpecies: ReadonlyMap<number, readonly number[]>,
  marks: readonly (readonly string[])[],
  wanted: number,
  random: Rng,
): ReadonlySet<number> {
  const component = sharedMarks(bySpecies, marks);
  const unseen = new Set<number>();
  let found = 0;
  for (const species of random.shuffle([...bySpecies.keys()])) {
    if (found >= wanted) break;
    if (unseen.has(species) || (bySpecies.get(species)?.length ?? 0) < fewest + 3) continue;
    for (const other of component.get(species) ?? []) {
      unseen.add(other);
      if ((bySpecies.get(other)?.length ?? 0) >= fewest + 3) found++;
    }
  }
  return unseen;
}

/** For each species, all that share a BIN or a barcode with it, directly or through others, itself included. */
function sharedMarks(
  bySpecies: ReadonlyMap<number, readonly number[]>,
  marks: readonly (readonly string[])[],
): ReadonlyMap<number, ReadonlySet<number>> {
  const component = new Map([...bySpecies.keys()].map((species) => [species, new Set([species])]));
  const first = new Map<string, number>();
  for (const [species, members] of bySpecies) {
    for (const mark of members.flatMap((member) => marks[member] ?? [])) {
      const other = first.get(mark);
      if (other === undefined) first.set(mark, species);
      else merge(component, species, other);
    }
  }
  return component;
}

function merge(component: Map<number, Set<number>>, a: number, b: number): void {
  const [left, right] = [component.get(a), component.get(b)];
  if (left === undefined || right === undefined || left === right) return;
  for (const species of right) {
    left.add(species);
    component.set(species, left);
  }
}

function groups(species: readonly number[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  species.forEach((name, at) => {
    const members = found.get(name);
    if (members === undefined) found.set(name, [at]);
    else members.push(at);
  });
  return new Map([...found].sort(([a], [b]) => a - b));
}
