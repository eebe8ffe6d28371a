/** Numbers of the classical detector; lengths in pixels of the working picture, levels in 8-bit steps. */
export interface DetectorSettings {
  /** Background fit inside, wall beyond, in dish halves. */
  readonly fitRadius: number;
  readonly wallRadius: number;
  readonly chroma: number;
  readonly line: number;
  readonly lineWidth: number;
  readonly glare: number;
  readonly glareReach: number;
  /** High threshold: largest of a share of Otsu's, sigmas, and a floor. Low: smaller of two shares, with its own sigmas and floor. */
  readonly high: { readonly otsu: number; readonly sigma: number; readonly floor: number };
  readonly low: { readonly otsu: number; readonly high: number; readonly sigma: number; readonly floor: number };
  /** Choice of the specimen: weight x depth^power x exp(-centrality d²). */
  readonly depthPower: number;
  readonly centrality: number;
  readonly coreDepth: number;
  readonly branchReach: number;
}

/** Chosen on the tuning half of the real photos (see the README); the reporting half was not looked at. */
export const detectorSettings: DetectorSettings = {
  fitRadius: 0.98,
  wallRadius: 1.08,
  chroma: 1.5,
  line: 0.75,
  lineWidth: 7,
  glare: 1,
  glareReach: 10,
  high: { otsu: 0.8, sigma: 5, floor: 14 },
  low: { otsu: 0.45, high: 0.6, sigma: 3, floor: 8 },
  depthPower: 1,
  centrality: 0.2,
  coreDepth: 0.35,
  branchReach: 1.6,
};
