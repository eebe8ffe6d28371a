/** How the photos of a collection are taken: 1 is the usual robot, 0 none of it, 2 twice as much. For shift tests, change the queries' only. */
export interface ImagingSetup {
  /** Brightness of the lamp. */
  readonly light: number;
  /** Defocus and motion. */
  readonly blur: number;
  /** How far the dish's tint leaves the usual grey. */
  readonly background: number;
  /** Magnification: 2 shows insects twice as long. */
  readonly scale: number;
  /** Debris, bubbles and scratches in the dish. */
  readonly clutter: number;
  /** How much light and background differ from plate to plate. */
  readonly session: number;
}

export const standardSetup: ImagingSetup = { light: 1, blur: 1, background: 1, scale: 1, clutter: 1, session: 1 };
