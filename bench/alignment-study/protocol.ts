/** The protocol of the alignment study: which worlds, which arms, which budget. Fixed before anything reported was run. */
import { allArms, arms, type Arm, type ArmBudget, type Grid } from '@bioscan/align/controls';
import type { WorldPlan } from '@bioscan/cli';
import { worlds, type World } from '@bioscan/sim';

/** Everything that fixes a study. */
export interface StudyProtocol {
  readonly budget: ArmBudget;
  readonly grid: Grid;
  readonly seeds: readonly number[];
  readonly pretraining: { readonly world: WorldPlan; readonly steps: number };
  /** Never reported. */
  readonly tuningWorlds: readonly WorldPlan[];
  readonly reportedWorlds: readonly WorldPlan[];
  readonly mainArms: readonly Arm[];
  /** The controls that the small comparisons are made with. */
  readonly fewArms: readonly Arm[];
  readonly nullArms: readonly Arm[];
  readonly nullWorlds: readonly WorldPlan[];
  readonly adverseWorlds: Readonly<Record<string, readonly WorldPlan[]>>;
  readonly doses: Readonly<Record<string, readonly { readonly dose: number; readonly world: World }[]>>;
  readonly doseSeeds: readonly number[];
  readonly pairingNoise: readonly number[];
}

const budget: ArmBudget = { steps: 150, batchSize: 64, width: 64 };
const grid: Grid = { learningRates: [2e-3, 6e-3], temperatures: [0.07, 0.2] };
const seeds: readonly number[] = [1, 2, 3];
const pretraining = { world: { seed: 800 }, steps: 800 };
/** Never reported. */
const tuningWorlds: readonly WorldPlan[] = [{ seed: 801 }, { seed: 802 }];
const reportedWorlds: readonly WorldPlan[] = [1, 2, 3, 4, 5].map((seed) => ({ seed }));

/** Every arm but one of the three name shares. */
const mainArms: readonly Arm[] = allArms().filter(({ name }) => !name.startsWith('image + text, 10 %'));

/** The controls that the small comparisons are made with. */
const fewArms: readonly Arm[] = [arms.raw(), arms.imageOnly({ passes: 1 }), arms.imageBinClassified(), arms.imageDna()];

/** The photo says nothing of the barcode beyond family; pairs shuffled within family carry the same information. */
const nullArms: readonly Arm[] = [
  arms.raw(),
  arms.imageOnly({ passes: 1 }),
  arms.imageDna(),
  arms.dnaPermuted('family'),
];
const nullWorlds: readonly WorldPlan[] = [11, 12, 13, 14, 15].map((seed) => ({ seed, world: worlds.imageNull }));

const adverseWorlds: Readonly<Record<string, readonly WorldPlan[]>> = Object.fromEntries(
  (['otherTree', 'sharedHaplotypes', 'mimicry', 'labelNoise', 'plateEffects'] as const).map((key) => [
    worlds[key].name,
    [1, 2, 3].map((seed) => ({ seed, world: worlds[key] })),
  ]),
);

/** Dose and response; the standard world is the dose in the middle. */
const doses: Readonly<Record<string, readonly { readonly dose: number; readonly world: World }[]>> = {
  'species signal of the photo': [0, 0.15, 0.4, 0.8].map((dose) => ({
    dose,
    world: dose === 0.15 ? worlds.standard : withSignal(dose),
  })),
  'share of species that share haplotypes': [0, 0.4, 0.8].map((dose) => ({
    dose,
    world: dose === 0 ? worlds.standard : withIntrogression(dose),
  })),
};
const doseSeeds: readonly number[] = [1, 2, 3];
const pairingNoise: readonly number[] = [0, 0.25, 0.5, 0.75, 1];

export const protocol: StudyProtocol = {
  budget,
  grid,
  seeds,
  pretraining,
  tuningWorlds,
  reportedWorlds,
  mainArms,
  fewArms,
  nullArms,
  nullWorlds,
  adverseWorlds,
  doses,
  doseSeeds,
  pairingNoise,
};

/** The same in miniature, to see that every phase runs. */
export const tinyProtocol: StudyProtocol = {
  ...protocol,
  budget: { steps: 3, batchSize: 16, width: 16 },
  grid: { learningRates: [2e-3], temperatures: [0.1] },
  seeds: [1, 2],
  pretraining: { world: tiny(800), steps: 2 },
  tuningWorlds: [tiny(801), tiny(802)],
  reportedWorlds: [tiny(1), tiny(2)],
  nullWorlds: [tiny(11, worlds.imageNull), tiny(12, worlds.imageNull)],
  adverseWorlds: { mimicry: [tiny(1, worlds.mimicry)] },
  doses: {},
  pairingNoise: [0.5],
};

function tiny(seed: number, world: World = worlds.standard): WorldPlan {
  return { seed, world, specimens: 400, species: 30, deal: { seenSpecies: 5, unseenSpecies: 2, cap: 6 } };
}

function withSignal(speciesSignal: number): World {
  const { standard } = worlds;
  return { ...standard, name: `signal-${speciesSignal}`, image: { ...standard.image, speciesSignal } };
}

function withIntrogression(introgression: number): World {
  const { standard, sharedHaplotypes } = worlds;
  if (introgression === 0.4) return sharedHaplotypes;
  const population = { ...standard.barcodes.population, introgression };
  return { ...standard, name: `shared-${introgression}`, barcodes: { ...standard.barcodes, population } };
}
