import type { Colour } from '../pixels/rotate-picture.js';

/** How a specimen's box becomes a crop, as a named value. */
export interface CropPreset {
  readonly id: string;
  /** The box grows by this ratio before it is cut. */
  readonly ratio: number;
  /** Both sides grow by (ratio - 1) of the longer side, half at each end; otherwise each side by its own ratio. */
  readonly equalExtend: boolean;
  /** The shorter direction grows to 4:3. */
  readonly fourByThree: boolean;
  /** With 4:3: what is taller than wide is turned by 90 degrees counter-clockwise first. */
  readonly rotate: boolean;
  /** What shows where the crop leaves the picture: the dish's own background, or a fixed colour. */
  readonly fill: Colour | 'background';
}

const extended = { ratio: 1.4, equalExtend: true, fourByThree: false, rotate: false } as const;

/**
 * `bioscan5m`: the raw box, which the published size fields describe. The others are the settings of the public crop tools: its command line
 * (`croptool`), the batches that made BIOSCAN-1M (`bioscan1m`) and 5M (`bioscan6m`: 4:3 and turned), and BIOSCAN-1M's own script (`bioscan1mRepository`).
 */
export const cropPresets: {
  readonly bioscan5m: CropPreset;
  readonly croptool: CropPreset;
  readonly bioscan1m: CropPreset;
  readonly bioscan6m: CropPreset;
  readonly bioscan1mRepository: CropPreset;
} = {
  bioscan5m: {
    id: 'bioscan5m',
    ratio: 1,
    equalExtend: false,
    fourByThree: false,
    rotate: false,
    fill: 'background',
  },
  croptool: { id: 'croptool', ...extended, fill: [234, 242, 245] },
  bioscan1m: { id: 'bioscan1m', ...extended, fill: [204, 218, 243] },
  bioscan6m: { id: 'bioscan6m', ...extended, fourByThree: true, rotate: true, fill: [204, 218, 243] },
  bioscan1mRepository: { id: 'bioscan1mRepository', ...extended, fill: [240, 240, 240] },
};
