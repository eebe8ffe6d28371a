import type { TrainingState } from '@bioscan/core';
import type { NamePattern, Tower } from '@bioscan/graph';

/**
 * One kind of evidence of a specimen (image, barcode, taxonomy, or a fourth): what encodes it, how its vectors reach the common space,
 * and how much of it learns.
 */
export interface Modality<Input = unknown> {
  readonly tower: Tower<Input>;
  /** Where the tower starts: pretrained weights under the tower's own names. Default: fresh ones, drawn from the seed. */
  readonly weights?: TrainingState;
  /** Default: linear. */
  readonly projection?: Projection;
  /** Default: all of the tower. */
  readonly training?: TowerTraining;
  /** Independently augmented views of each input. Default 1; a contrast of a modality with itself needs 2. */
  readonly views?: number;
}

/** The head that takes a tower's vectors to the common width; it always learns. */
export type Projection =
  | { readonly kind: 'linear' }
  | {
      readonly kind: 'mlp';
      /** Default: the tower's width. */ readonly hidden?: number;
      /** Default 2. */ readonly layers?: number;
    }
  /** The tower's own vectors, which have the common width already. */
  | { readonly kind: 'none' };

/** What of a tower learns. */
export type TowerTraining =
  | { readonly kind: 'full' }
  /** Nothing; dropout is off. Rows may then be given as vectors, see {@link vectors}: the tower is run once, before training. */
  | { readonly kind: 'frozen' }
  /** Adapters on the matrices that match, see lora() of graph. */
  | { readonly kind: 'lora'; readonly pattern: NamePattern; readonly rank: number; readonly alpha?: number }
  /** All but the parameters that match, as in LiT (Zhai et al. 2022): those up to a depth stay as they are. */
  | { readonly kind: 'locked'; readonly pattern: NamePattern };
