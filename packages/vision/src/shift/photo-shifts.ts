/** A change of imaging that a photo can suffer. */
export const photoShiftKinds = ['brightness', 'white-balance', 'blur', 'noise', 'jpeg', 'scale', 'resolution'] as const;
export type PhotoShiftKind = (typeof photoShiftKinds)[number];

/** Graded settings of one change. */
export interface PhotoShift {
  readonly kind: PhotoShiftKind;
  /** What a setting means, for the axis of a curve. */
  readonly label: string;
  /** The setting that changes nothing. */
  readonly neutral: number;
  /** In order along the axis; the neutral one is among them. */
  readonly settings: readonly number[];
}

/** The changes with usual grades. Lengths are shares of the photo's width, so that photos of any size shift alike. */
export const photoShifts: readonly PhotoShift[] = [
  { kind: 'brightness', label: 'light, times', neutral: 1, settings: [0.4, 0.6, 0.8, 1, 1.2, 1.4] },
  { kind: 'white-balance', label: 'red up and blue down by', neutral: 0, settings: [-0.3, -0.15, 0, 0.15, 0.3] },
  { kind: 'blur', label: 'blur, standard deviation by width (%)', neutral: 0, settings: [0, 0.2, 0.5, 1, 2] },
  { kind: 'noise', label: 'noise, standard deviation in levels', neutral: 0, settings: [0, 5, 10, 20, 40] },
  { kind: 'jpeg', label: 'JPEG quality', neutral: 100, settings: [5, 10, 30, 60, 100] },
  { kind: 'scale', label: 'magnification', neutral: 1, settings: [0.5, 0.75, 1, 1.4, 2] },
  { kind: 'resolution', label: 'resolution, times', neutral: 1, settings: [0.125, 0.25, 0.5, 1] },
];
