import { elementCount, momentNames, type TrainableParameter, type TrainingStep } from '@bioscan/core';
import { kernel, type Kernel } from '../kernel/kernel.js';
import { arenaMemory, arrayBytes, planArenas } from './arenas.js';

/** An array inside an arena. */
export interface Slot {
  readonly address: number;
  readonly view: Float32Array;
}

/** Where the slopes of some rows of a table lie, and which rows they are. */
export interface RowSlots {
  readonly plan: NonNullable<TrainableParameter['rows']>;
  /** Elements of a row. */
  readonly width: number;
  /** Row numbers as the kernel reads them, in the same arena. */
  readonly address: number;
  readonly view: Uint32Array;
}

/** A parameter with all that belongs to it, in one arena. */
export interface ParameterSlots {
  readonly parameter: TrainableParameter;
  readonly kernel: Kernel;
  readonly length: number;
  readonly value: Slot;
  /** Absent for a frozen parameter, which has no moments either. */
  readonly gradient?: Slot;
  readonly rows?: RowSlots;
  /** By moment name, in the optimiser's order; then `average` where one is kept. */
  readonly moments: ReadonlyMap<string, Slot>;
}

/** A parameter that is updated. */
export type TrainedSlots = ParameterSlots & { readonly gradient: Slot };

export interface MaskSlot {
  readonly kernel: Kernel;
  readonly target: Slot;
}

/** The state of a training step, in WebAssembly memories that never grow: views of them serve every step. */
export interface TrainingMemory {
  readonly parameters: readonly ParameterSlots[];
  readonly trained: readonly TrainedSlots[];
  readonly masks: readonly MaskSlot[];
}

/** Names of what a state keeps beside each trained parameter. */
export function companions({ optimizer, average }: Pick<TrainingStep, 'optimizer' | 'average'>): readonly string[] {
  return [...momentNames(optimizer), ...(average === undefined ? [] : ['average'])];
}

/** Memory for a step, zero-filled. */
export function trainingMemory(step: TrainingStep, arenaBytes: number): TrainingMemory {
  const kept = companions(step);
  const sizes = step.parameters.map((parameter) => lengthsOf(parameter, kept).map(arrayBytes));
  const maskSizes = step.masks.map(({ shape }) => arrayBytes(elementCount(shape)));
  const plan = planArenas([...sizes.map((parts) => parts.reduce((a, b) => a + b, 0)), ...maskSizes], arenaBytes);
  const memories = plan.arenas.map(arenaMemory);
  const kernels = memories.map(kernel);
  const parameters = step.parameters.map((parameter, index) => {
    const { arena, offset } = plan.places[index] as (typeof plan.places)[number];
    const memory = memories[arena] as WebAssembly.Memory;
    return parameterSlots(parameter, kept, { memory, kernel: kernels[arena] as Kernel, offset });
  });
  return {
    parameters,
    trained: parameters.filter((slots): slots is TrainedSlots => slots.gradient !== undefined),
    masks: step.masks.map(({ shape }, index) => {
      const { arena, offset } = plan.places[parameters.length + index] as (typeof plan.places)[number];
      const target = slotAt(memories[arena] as WebAssembly.Memory, offset, elementCount(shape));
      return { kernel: kernels[arena] as Kernel, target };
    }),
  };
}

interface Place {
  readonly memory: WebAssembly.Memory;
  readonly kernel: Kernel;
  readonly offset: number;
}

function parameterSlots(parameter: TrainableParameter, kept: readonly string[], place: Place): ParameterSlots {
  const { memory, kernel } = place;
  const lengths = lengthsOf(parameter, kept);
  let next = place.offset;
  const slots = lengths.map((length) => {
    const slot = slotAt(memory, next, length);
    next += arrayBytes(length);
    return slot;
  });
  const [value, gradient, ...rest] = slots as [Slot, Slot | undefined, ...Slot[]];
  const shared = { parameter, kernel, length: value.view.length, value };
  if (gradient === undefined) return { ...shared, moments: new Map() };
  const moments = new Map(kept.map((name, i) => [name, rest[i] as Slot]));
  const { rows: plan } = parameter;
  if (plan === undefined) return { ...shared, gradient, moments };
  const { address } = rest[kept.length] as Slot;
  const view = new Uint32Array(memory.buffer, address, plan.count);
  return { ...shared, gradient, moments, rows: { plan, address, view, width: elementCount(parameter.shape.slice(1)) } };
}

/** Elements of each array of a parameter: value, gradient, moments and average, row numbers. */
function lengthsOf({ shape, gradient, rows }: TrainableParameter, kept: readonly string[]): readonly number[] {
  const length = elementCount(shape);
  if (gradient === undefined) return [length];
  const companion = kept.map(() => length);
  if (rows === undefined) return [length, length, ...companion];
  return [length, rows.count * elementCount(shape.slice(1)), ...companion, rows.count];
}

function slotAt(memory: WebAssembly.Memory, address: number, length: number): Slot {
  return { address, view: new Float32Array(memory.buffer, address, length) };
}
