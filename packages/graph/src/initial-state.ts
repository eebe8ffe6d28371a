import { allocate, elementCount, philox4x32, tensor, type Rng, type Tensor, type TrainingState } from '@bioscan/core';
import type { Graph, Initial, Parameter } from './graph.js';

/** Fresh parameters at step 0. Each draws from a stream of its own name, so adding one changes no other. */
export function initialState(graph: Pick<Graph, 'parameters'>, rng: Rng): TrainingState {
  return initialStateOf(
    [...graph.parameters.values()].map((entry) => entry.parameter),
    rng,
  );
}

/** Fresh parameters of a list, such as a tower's. */
export function initialStateOf(parameters: readonly Parameter[], rng: Rng): TrainingState {
  const tensors: Record<string, Tensor> = {};
  for (const parameter of parameters) tensors[parameter.name] = initialTensor(parameter, rng.split(parameter.name));
  return { step: 0, tensors };
}

function initialTensor({ shape, initial }: Parameter, rng: Rng): Tensor {
  const data = allocate('float32', elementCount(shape));
  fill(data, initial, rng);
  if (typeof initial === 'object' && 'normal' in initial && initial.zeroRow !== undefined) {
    const width = data.length / (shape[0] ?? 1);
    data.fill(0, initial.zeroRow * width, (initial.zeroRow + 1) * width);
  }
  return tensor('float32', shape, data);
}

function fill(data: Float32Array, initial: Initial, rng: Rng): void {
  if (initial === 'zeros') return;
  if (initial === 'ones') data.fill(1);
  else if ('given' in initial) data.set(initial.given.data);
  else if ('normal' in initial) fillNormal(data, initial.normal, rng);
  else for (let i = 0; i < data.length; i++) data[i] = (2 * rng.uniform() - 1) * initial.uniform;
}

/** Four normals from four words (Box & Muller 1958): an eighth of the words that `rng.normal()` would draw. */
function fillNormal(data: Float32Array, deviation: number, rng: Rng): void {
  const key: [number, number] = [rng.integer(0x100000000), rng.integer(0x100000000)];
  for (let i = 0; i < data.length; i += 4) {
    const words = philox4x32([i / 4, 0, 0, 0], key);
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = deviation * Math.sqrt(-2 * Math.log(((words[pair] as number) + 0.5) / 0x100000000));
      const angle = (2 * Math.PI * (words[pair + 1] as number)) / 0x100000000;
      if (i + pair < data.length) data[i + pair] = radius * Math.cos(angle);
      if (i + pair + 1 < data.length) data[i + pair + 1] = radius * Math.sin(angle);
    }
  }
}
