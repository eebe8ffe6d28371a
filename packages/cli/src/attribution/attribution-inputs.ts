import { join } from 'node:path';
import type { ArmBudget, Grid, SubjectSource } from '@bioscan/align/controls';
import { nodeStore } from '@bioscan/runtime/node';
import type { CommandContext } from '../command-context.js';
import type { ArmLanes } from './arm-lanes.js';
import { openStudy } from './open-study.js';
import { ownSubject } from './own-subject.js';
import type { WorldPlan } from './simulated-world.js';
import { quickStudy } from './study-settings.js';

/** What `attribute` and `price` ask of the command line. */
export interface AttributionInput {
  /** A folder laid out as BIOSCAN-5M. Absent: simulated worlds. */
  readonly folder?: string;
  readonly out: string;
  readonly worlds: number;
  readonly quick: boolean;
  readonly seed: number;
}

/** Subjects to tune on and to report, and what of the protocol suits them. */
export interface AttributionInputs {
  readonly tuning: readonly SubjectSource[];
  readonly subjects: readonly SubjectSource[];
  readonly grid: Grid;
  readonly budget: ArmBudget;
  readonly limits: readonly string[];
}

const grid: Grid = { learningRates: [2e-3, 6e-3], temperatures: [0.07, 0.2] };
const onePoint: Grid = { learningRates: [3e-3], temperatures: [0.1] };
const budget: ArmBudget = { steps: 150, batchSize: 64, width: 64 };

/** Few specimens, so that rendering takes seconds; the protocol wants 100 seen and 50 unseen species. */
const quickWorld = { specimens: 1200, species: 90, deal: { seenSpecies: 12, unseenSpecies: 6, cap: 12 } } as const;

/** Opens what is asked about. Simulated: the first world pretrains the photo tower and is reported nowhere. */
export async function attributionInputs(
  input: AttributionInput,
  lanes: ArmLanes,
  context: CommandContext,
): Promise<AttributionInputs> {
  const { folder, quick, seed } = input;
  const limits = [
    `Photos are crops of ${quickStudy.size} pixels, the photo tower has channels ${quickStudy.widths.join(', ')}; barcodes are k-mer vectors under a small head.`,
  ];
  if (folder !== undefined) {
    const own = lanes.know(await ownSubject(folder, { settings: quickStudy, seed }, context));
    const note =
      'The photo tower starts from random: `raw` is an untrained network here. Queries of half of the species chose the grid, those of the other half are reported.';
    return { tuning: [own], subjects: [own], grid: quick ? onePoint : grid, budget, limits: [...limits, note] };
  }
  const line = context.console.progress('photos of simulated worlds');
  const plan = (world: number): WorldPlan => ({ seed: world, ...(quick ? quickWorld : {}) });
  const study = await openStudy({
    pretraining: { world: plan(800 + seed), steps: quick ? 150 : 800 },
    runtime: lanes.runtime,
    cache: nodeStore(join(input.out, 'cache')),
    signal: context.signal,
    onProgress: (what, progress) => {
      line.update(progress, what);
    },
  });
  const at = (world: number): SubjectSource => lanes.know(study.world(plan(world)));
  const pretrained = 'The photo tower was pretrained on family names of a world of its own, which is reported nowhere.';
  const reported = Array.from({ length: quick ? 1 : input.worlds }, (_, i) => at(i + 1));
  return {
    tuning: quick ? [at(801 + seed)] : [at(801 + seed), at(802 + seed)],
    subjects: reported,
    grid: quick ? onePoint : grid,
    budget,
    limits: [
      ...limits,
      pretrained,
      ...(quick
        ? ['A quick look: one world, one seed, one grid point, fewer species than the protocol asks for.']
        : []),
    ],
  };
}
