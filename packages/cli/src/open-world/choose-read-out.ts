import { BioscanError, collect, embed, type Encoder, type Runtime } from '@bioscan/core';
import { barcodeEncoder, type BarcodeCheckpoint, type Pooling } from '@bioscan/dna';
import { knnPredictions, scorePredictions, scores, spread, type RowKind, type Spread } from '@bioscan/eval';
import type { OpenWorldSets } from './sets.js';
import { encoderSystem, type System, type TransformName } from './system.js';

/** One way to turn hidden states into vectors that are compared. */
export interface ReadOutChoice {
  readonly layer: number;
  readonly pooling: Pooling;
  readonly transform: TransformName;
}

/** A read-out, its macro genus accuracy on the unseen validation species, and how its key vectors fill their space before the transform. */
export interface ScoredReadOut extends ReadOutChoice {
  readonly valMacro: number;
  readonly spread: Spread;
}

/**
 * Tries every layer under every transform on the validation species (val_unseen; the test species are never looked at) and names the best:
 * macro 1-NN genus accuracy, the first of equals.
 */
export async function chooseReadOut(
  checkpoint: BarcodeCheckpoint,
  sets: OpenWorldSets,
  runtime: Runtime,
  transforms: readonly TransformName[] = ['none', 'centre', 'whiten'],
): Promise<{ readonly best: ScoredReadOut; readonly tried: readonly ScoredReadOut[] }> {
  requireChoice(sets);
  const tried: ScoredReadOut[] = [];
  for (let layer = 0; layer <= checkpoint.config.layers; layer++) {
    const pooling = 'masked-mean';
    const encoder = await barcodeEncoder(checkpoint, runtime, { layer, pooling });
    try {
      const memory = remembering(encoder);
      const keys = spread((await collect(embed(memory, sets.keys))).vectors);
      for (const transform of transforms) {
        const system = await encoderSystem(memory, sets.keys, runtime, {
          name: '',
          kind: 'self-supervised',
          transform,
        });
        tried.push({ layer, pooling, transform, valMacro: await genusMacro(system, sets), spread: keys });
      }
    } finally {
      await encoder.close();
    }
  }
  const best = tried.reduce((a, b) => (b.valMacro > a.valMacro ? b : a));
  return { best, tried };
}

/** The best transform for an encoder that has no layers to choose from, as k-mer vectors. */
export async function chooseTransform(
  encoder: Encoder<string>,
  sets: OpenWorldSets,
  runtime: Runtime,
  options: { readonly name: string; readonly kind: RowKind },
  transforms: readonly TransformName[] = ['none', 'centre'],
): Promise<{ readonly system: System; readonly tried: readonly { transform: TransformName; valMacro: number }[] }> {
  const memory = remembering(encoder);
  const tried: { transform: TransformName; valMacro: number; system: System }[] = [];
  for (const transform of transforms) {
    const system = await encoderSystem(memory, sets.keys, runtime, { ...options, transform });
    tried.push({ transform, valMacro: await genusMacro(system, sets), system });
  }
  const best = tried.reduce((a, b) => (b.valMacro > a.valMacro ? b : a));
  return { system: best.system, tried: tried.map(({ transform, valMacro }) => ({ transform, valMacro })) };
}

/** @throws BioscanError `bad-input` when a choice would have to look at the test species */
export function requireChoice({ mayChoose }: OpenWorldSets): void {
  if (mayChoose) return;
  throw new BioscanError(
    'bad-input',
    'cli: choice on validation, got val_unseen species that test_unseen has too, expected others; split with --preset open-world',
  );
}

async function genusMacro(system: System, { valUnseen, labels }: OpenWorldSets): Promise<number> {
  const neighbours = await system.nearest(valUnseen);
  return scores(scorePredictions(knnPredictions(neighbours, labels, 'genus'), labels)).macro;
}

/** An encoder that encodes each input once: transforms are tried on the same vectors. */
function remembering(encoder: Encoder<string>): Encoder<string> {
  const known = new Map<string, Float32Array>();
  return {
    ...encoder,
    encode: async (batch) => {
      const fresh = [...new Set(batch.filter((input) => !known.has(input)))];
      if (fresh.length > 0) {
        const { data } = await encoder.encode(fresh);
        fresh.forEach((input, i) => known.set(input, data.slice(i * encoder.dimension, (i + 1) * encoder.dimension)));
      }
      const data = new Float32Array(batch.length * encoder.dimension);
      batch.forEach((input, i) => {
        data.set(known.get(input) as Float32Array, i * encoder.dimension);
      });
      return { dtype: 'float32', shape: [batch.length, encoder.dimension], data };
    },
  };
}
