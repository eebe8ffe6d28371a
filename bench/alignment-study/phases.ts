/** What the study runs after the main table, smallest first. Every phase uses the points that were chosen there, and shares runs where it can. */
import {
  arms,
  curve,
  type Arm,
  type ChosenPoint,
  type Curve,
  type CurvePoint,
  type JobHost,
  type SubjectSource,
} from '@bioscan/align/controls';
import type { WorldPlan } from '@bioscan/cli';
import type { StudyProtocol } from './protocol.js';

export type PhaseName = 'null' | 'dose' | 'noise' | 'data' | 'batch' | 'adverse';

export interface PhaseHost {
  readonly world: (plan: WorldPlan) => SubjectSource;
  /** Subjects made of others. */
  readonly fewer: (source: SubjectSource, share: number) => SubjectSource;
  readonly chosen: readonly ChosenPoint[];
  readonly protocol: StudyProtocol;
  readonly host: JobHost;
}

export type Phase = (host: PhaseHost) => Promise<Curve[]>;

const dna = arms.imageDna().name;
const imageOnly = arms.imageOnly({ passes: 1 }).name;
const bin = arms.imageBinClassified().name;

export const extraPhases: Readonly<Record<PhaseName, Phase>> = {
  null: async ({ world, chosen, protocol, host }) => [
    await curve(
      {
        title: 'Null world: the photo is independent of the barcode given family',
        xLabel: 'null world',
        points: [point(protocol, 0, protocol.nullWorlds.map(world), protocol.nullArms, protocol.seeds)],
        against: [imageOnly, arms.dnaPermuted('family').name],
        chosen,
      },
      host,
    ),
  ],
  dose: async ({ world, chosen, protocol, host }) => {
    const curves: Curve[] = [];
    for (const [title, list] of Object.entries(protocol.doses)) {
      const points = list.map(({ dose, world: settings }) =>
        point(
          protocol,
          dose,
          protocol.doseSeeds.map((seed) => world(plainOrNamed(seed, settings))),
          protocol.fewArms,
          protocol.seeds.slice(0, 1),
        ),
      );
      curves.push(
        await curve(
          { title: `Gain of image + DNA against ${title}`, xLabel: title, points, against: [imageOnly, bin], chosen },
          host,
        ),
      );
    }
    return curves;
  },
  noise: async ({ world, chosen, protocol, host }) => {
    const points = protocol.pairingNoise.map((share): CurvePoint => {
      const arm = share === 0 ? arms.imageDna() : arms.pairingNoise(share);
      const controls = protocol.fewArms.filter(({ name }) => name !== dna);
      return {
        ...point(protocol, share, protocol.reportedWorlds.map(world), [...controls, arm], protocol.seeds.slice(0, 1)),
        treatment: arm.name,
      };
    });
    const title = 'Gain of image + DNA against the share of wrong pairs';
    return [
      await curve(
        { title, xLabel: 'share of pairs permuted over all', points, against: [imageOnly, bin], chosen },
        host,
      ),
    ];
  },
  data: async ({ world, fewer, chosen, protocol, host }) => {
    const shares = [0.25, 0.5, 1];
    const at = (share: number, factor: number): CurvePoint => ({
      ...point(
        protocol,
        share,
        protocol.reportedWorlds.slice(0, 3).map((plan) => fewer(world(plan), share)),
        protocol.fewArms,
        protocol.seeds.slice(0, 1),
      ),
      budget: { ...protocol.budget, steps: Math.max(1, Math.round(protocol.budget.steps * factor)) },
    });
    const common = { xLabel: 'share of the training rows', against: [imageOnly, bin], chosen };
    return [
      await curve({ title: 'Data size at fixed steps', points: shares.map((share) => at(share, 1)), ...common }, host),
      await curve(
        { title: 'Data size at fixed epochs', points: shares.map((share) => at(share, share)), ...common },
        host,
      ),
    ];
  },
  batch: async ({ world, chosen, protocol, host }) => {
    const points = [16, 64, 128].map((batchSize): CurvePoint => ({
      ...point(
        protocol,
        batchSize,
        protocol.reportedWorlds.slice(0, 3).map(world),
        protocol.fewArms,
        protocol.seeds.slice(0, 1),
      ),
      budget: {
        ...protocol.budget,
        batchSize,
        steps: Math.max(1, Math.round((protocol.budget.steps * protocol.budget.batchSize) / batchSize)),
      },
    }));
    return [
      await curve(
        {
          title: 'Batch size at equal samples seen',
          xLabel: 'rows a batch',
          points,
          against: [imageOnly, bin],
          chosen,
        },
        host,
      ),
    ];
  },
  adverse: async ({ world, chosen, protocol, host }) => {
    const curves: Curve[] = [];
    for (const [name, plans] of Object.entries(protocol.adverseWorlds)) {
      const points = [point(protocol, 0, plans.map(world), protocol.fewArms, protocol.seeds.slice(0, 1))];
      curves.push(
        await curve({ title: `Adverse world: ${name}`, xLabel: name, points, against: [imageOnly, bin], chosen }, host),
      );
    }
    return curves;
  },
};

function point(
  { budget }: StudyProtocol,
  dose: number,
  subjects: readonly SubjectSource[],
  list: readonly Arm[],
  seedList: readonly number[],
): CurvePoint {
  return { dose, subjects, arms: list, seeds: seedList, budget, treatment: dna };
}

/** The standard world is planned without naming it, so that its runs are those of the main table. */
function plainOrNamed(seed: number, world: NonNullable<WorldPlan['world']>): WorldPlan {
  return world.name === 'standard' ? { seed } : { seed, world };
}
