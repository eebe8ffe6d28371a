import { likenessPValues, type EmbeddingBlock, type Metric, type Rng, type UnlikeGate } from '@bioscan/core';
import { fitHeldOutGate, fitUnlikeGate, shareByUnit, unitsNeeded, type HeldOutGate } from '@bioscan/eval';
import type { CardFigure } from '@bioscan/identify';
import { noveltySets, setNames, type NoveltySet } from './novelty-sets.js';
import { blockRows } from './validation-parts.js';

/** What the gate needs to know of a photo. */
export interface GateFacts {
  /** Its species, or the next best name. */
  readonly unitOf: (id: string) => string;
  readonly setOf: (id: string) => NoveltySet;
  /** Plate or site, where known. */
  readonly clusters: ReadonlyMap<string, string>;
}

/** A gate and what it was measured to do. */
export interface FittedGate {
  readonly gate: UnlikeGate;
  readonly figures: readonly CardFigure[];
  /** What to know of the gate and its figures, a sentence each. */
  readonly limits: readonly string[];
  /** Held-out photos that it was not fitted on: the figures are theirs. */
  readonly checkedIds: ReadonlySet<string>;
}

export const gateGroup = 'The gate for photos of another kind';
const falseAlarmRate = 0.05;
const checkedShare = 0.4;

/**
 * Fits the gate on held-out photos by whole plates (where there are enough, else species), and measures its false alarms on other ones. With
 * too few of either it is fitted on training photos alone, and all held-out photos measure it.
 */
export function fittedGate(
  training: EmbeddingBlock,
  validation: EmbeddingBlock,
  facts: GateFacts,
  rng: Rng,
): FittedGate {
  const groups = (id: string): string[] => [`species ${facts.unitOf(id)}`, facts.clusters.get(id) ?? []].flat();
  const photos = (block: EmbeddingBlock): { vectors: EmbeddingBlock['vectors']; groups: string[][] } => ({
    vectors: block.vectors,
    groups: block.ids.map(groups),
  });
  const unit = unitOf(validation, facts);
  if (unit === undefined) {
    const { vectors, groups: own } = photos(training);
    const gate = fitUnlikeGate(vectors, { rng, groups: own, falseAlarmRate });
    const few =
      'The gate was fitted on training photos and is checked on all held-out ones: too few plates or species were held out to fit it on those.';
    return { gate, ...measured(gate, undefined, validation, speciesUnit(facts), facts, rng, [few]) };
  }
  const checkedUnits = new Set(share([...new Set(validation.ids.map((id) => unit.of(id)))], rng.split('units')));
  const part = (inside: boolean): EmbeddingBlock =>
    blockRows(
      validation,
      [...validation.ids.keys()].filter((row) => checkedUnits.has(unit.of(validation.ids[row] as string)) === inside),
    );
  const fitted = part(false);
  const heldOut = { ...photos(fitted), units: fitted.ids.map((id) => unit.of(id)) };
  const found = fitHeldOutGate(photos(training), heldOut, { rng, falseAlarmRate });
  const apart = `The gate was fitted on some ${unit.name} of the held-out photos and is checked on the others; these deals are its own, so that confidence may be fitted on photos that check the gate.`;
  return { gate: found.gate, ...measured(found.gate, asNewBy(found, groups), part(true), unit, facts, rng, [apart]) };
}

interface Unit {
  readonly name: 'plates' | 'species';
  readonly of: (id: string) => string;
}

function speciesUnit({ unitOf: of }: GateFacts): Unit {
  return { name: 'species', of };
}

/** Plates where enough of them are held out, else species; undefined: too few of both. */
function unitOf(validation: EmbeddingBlock, facts: GateFacts): Unit | undefined {
  const plates: Unit = { name: 'plates', of: (id) => facts.clusters.get(id) ?? `photo ${id}` };
  const needed = Math.ceil(unitsNeeded(falseAlarmRate) / (1 - checkedShare)) + 1;
  const enough = (unit: Unit): boolean => new Set(validation.ids.map((id) => unit.of(id))).size >= needed;
  if (validation.ids.every((id) => facts.clusters.has(id)) && enough(plates)) return plates;
  const species = speciesUnit(facts);
  return enough(species) ? species : undefined;
}

function share(units: string[], rng: Rng): string[] {
  return rng.shuffle(units).slice(0, Math.floor(checkedShare * units.length));
}

function asNewBy({ asNew }: HeldOutGate, groups: (id: string) => string[]) {
  return ({ ids, vectors }: EmbeddingBlock): Float64Array => asNew({ vectors, groups: ids.map(groups) });
}

function measured(
  gate: UnlikeGate,
  asNew: ((block: EmbeddingBlock) => Float64Array) | undefined,
  checked: EmbeddingBlock,
  unit: Unit,
  { setOf }: GateFacts,
  rng: Rng,
  limits: readonly string[],
): Omit<FittedGate, 'gate'> {
  const metric = (name: string, pValues: Float64Array, ids: readonly string[]): Metric =>
    shareByUnit(
      name,
      Array.from(pValues, (p) => p < falseAlarmRate),
      ids.map((id) => unit.of(id)),
      { rng: rng.split(name), unit: unit.name },
    );
  const plain = likenessPValues(gate, checked.vectors);
  const inSet = (set: NoveltySet): Metric => {
    const rows = [...checked.ids.keys()].filter((row) => setOf(checked.ids[row] as string) === set);
    const own = rows.map((row) => checked.ids[row] as string);
    return metric(
      `false alarms, ${setNames[set]}`,
      Float64Array.from(rows, (row) => plain[row] as number),
      own,
    );
  };
  const all = metric(`false alarms on held-out photos, meant to be ${falseAlarmRate} at most`, plain, checked.ids);
  const sets = noveltySets.map(inSet).filter(({ count }, i) => count > 0 || noveltySets[i] !== 'without a name');
  const first =
    asNew === undefined
      ? []
      : [metric('false alarms, each photo taken as the first of its species and plate', asNew(checked), checked.ids)];
  const tooMany = (all.interval?.low ?? 0) > falseAlarmRate;
  return {
    checkedIds: new Set(checked.ids),
    figures: [all, ...sets, ...first].map(cardFigure),
    limits: [
      ...limits,
      ...(tooMany
        ? [
            `The gate calls more photos of its own kind unlike than it is meant to: ${all.value.toFixed(2)} on held-out photos.`,
          ]
        : []),
    ],
  };
}

/** A metric as the card has it: one of no photos is unknown. */
function cardFigure({ name, value, count, interval }: Metric): CardFigure {
  const group = gateGroup;
  return count === 0
    ? { name, count, group }
    : { name, value, count, group, ...(interval === undefined ? {} : { interval }) };
}
