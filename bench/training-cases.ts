import { rng, tensor, type StepControls, type Tensors, type TrainingState, type TrainingStep } from '@bioscan/core';
import { barcodeBert, maskedObjectives, pretrainingJob } from '@bioscan/dna';
import { adamw, initialState, mean, mul, trainingGraph, trainingStep, type Graph, type Value } from '@bioscan/graph';
import { presets, vit } from '@bioscan/vision';
import { resnet18 } from './resnet-18.js';

/** A training step that both sides can take. */
export interface TrainingCase {
  readonly title: string;
  /** What the peer builds. */
  readonly peer: Readonly<Record<string, string | number>>;
  /** Matrix work of one step, forward and backward: 2 operations a multiply-add. */
  readonly gigaflop: number;
  open(): OpenedCase;
}

export interface OpenedCase {
  readonly step: TrainingStep;
  readonly initial: TrainingState;
  readonly feeds: (step: number) => Tensors;
  readonly controls: (step: number) => StepControls;
}

export const trainingCases: Readonly<Record<string, TrainingCase>> = {
  'barcodebert-4-4-4': barcodeBertCase(4, 16),
  'barcodebert-8-4-4': barcodeBertCase(8, 8),
  'vit-tiny': {
    title: 'ViT-Tiny at 224, batch 16',
    peer: { model: 'vit-tiny', batch: 16 },
    gigaflop: 3 * 16 * vitForward(),
    open: () =>
      pictureCase(16, (graph, pixels) => {
        const tiny = vit({ layers: 12, heads: 3, width: 192 }, { preprocessing: presets.imagenet });
        return tiny.build(graph, { pixel_values: pixels });
      }),
  },
  'resnet-18': {
    title: 'ResNet-18 at 224, frozen statistics, batch 8',
    peer: { model: 'resnet-18', batch: 8 },
    gigaflop: 3 * 8 * 3.628,
    open: () => pictureCase(8, (_graph, pixels) => resnet18(pixels)),
  },
};

/** BarcodeBERT k-4-4 at its published width with the published masked objective, dropout on. */
function barcodeBertCase(k: number, batch: number): TrainingCase {
  const model = { layers: 4, heads: 4, width: 768 } as const;
  const tokens = Math.floor(660 / k);
  const layer = 12 * 768 * 768 + 2 * tokens * 768;
  const forward = (2 * tokens * (4 * layer + 768 * 4 ** k)) / 1e9;
  return {
    title: `BarcodeBERT ${k}-4-4 x 768, batch ${batch}`,
    peer: { model: 'barcodebert', k, batch, ...model },
    gigaflop: 3 * batch * forward,
    open: () => {
      const random = rng(1);
      const barcode = (): string => Array.from({ length: 658 }, () => 'ACGT'.charAt(random.integer(4))).join('');
      const job = pretrainingJob({
        tower: barcodeBert({ k, ...model }),
        objective: maskedObjectives.barcodebert,
        barcodes: Array.from({ length: batch * 4 }, barcode),
        budget: { steps: 1000, batchSize: batch },
      });
      const { step, initial, plan } = job;
      return { step, initial, feeds: (taken) => job.feeds(taken), controls: plan.schedule };
    },
  };
}

/** 12 layers of width 192 over 197 tokens, and the patches: billions of operations a picture. */
function vitForward(): number {
  const tokens = 197;
  const layer = 12 * 192 * 192 + 2 * tokens * 192;
  return (2 * (12 * tokens * layer + 196 * 768 * 192)) / 1e9;
}

/** Mean square of the vectors of normal noise: the loss costs nothing beside the network. */
function pictureCase(batch: number, network: (graph: Graph, pixels: Value) => Value): OpenedCase {
  const graph = trainingGraph();
  const shape = [batch, 3, 224, 224];
  const vectors = network(graph, graph.input('pixels', 'float32', shape));
  const loss = mean(mul(vectors, vectors));
  const statistics = [...graph.parameters.keys()].some((name) => name.includes('running_'))
    ? { freeze: /running_/ }
    : {};
  const step = trainingStep(graph, { loss, optimizer: adamw(), seed: 1, ...statistics });
  const random = rng(2);
  const noise = Float32Array.from({ length: batch * 3 * 224 * 224 }, () => random.normal());
  return {
    step,
    initial: initialState(graph, rng(1)),
    feeds: () => ({ pixels: tensor('float32', shape, noise) }),
    controls: () => ({ learningRate: 1e-4, beta1: 0.9 }),
  };
}
