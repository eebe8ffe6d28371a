import type { Modality } from '../modality.js';

/** One view of one modality: what a tower is run on once a step. */
export interface Stream {
  /** The modality's name; from the second view on `name@2`, … */
  readonly name: string;
  readonly modality: string;
  /** From 0. */
  readonly view: number;
}

export type Modalities = Readonly<Record<string, Modality>>;

export function streamsOf(modalities: Modalities): readonly Stream[] {
  return Object.entries(modalities).flatMap(([modality, { views = 1 }]) =>
    Array.from({ length: views }, (_, view) => ({ name: streamName(modality, view), modality, view })),
  );
}

export function streamName(modality: string, view: number): string {
  return view === 0 ? modality : `${modality}@${view + 1}`;
}
