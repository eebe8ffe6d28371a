import type { BoundingBox, Picture } from '@bioscan/core';
import { checkPicture } from '../pixels/check-picture.js';
import { resizePicture } from '../pixels/resize-picture.js';
import { fitBackground, type BackgroundSurface } from './background-surface.js';
import { chooseSpecimen, type Candidate, type Choice } from './choose-specimen.js';
import type { Detection, DetectionFlag, Detector, SpecimenMask } from './detector.js';
import { detectorSettings, type DetectorSettings } from './detector-settings.js';
import { dishWall } from './dish.js';
import { otsuThreshold } from './otsu-threshold.js';
import { specimenScore } from './specimen-score.js';

export interface ClassicalDetectorOptions {
  /** Width in pixels at which the picture is looked at; smaller pictures are taken as they are. Default: 512. */
  readonly workWidth?: number;
  /** Confidence below which a detection is flagged `low-confidence`. Default: 0.2. */
  readonly confidence?: number;
  /** Numbers to try instead of the tuned ones; kept out of the id, so name your results. */
  readonly settings?: Partial<DetectorSettings>;
}

/** The classical detector answers at once. */
export interface ClassicalDetector extends Detector {
  detect(picture: Picture): Detection;
}

/**
 * Finds the specimen in a pale dish without a model: a smooth background is taken off, what is darker, coloured or a dark line scores,
 * glare is damped, two thresholds make connected parts, and the heaviest thick one near the centre is the specimen; long hairs over it
 * are cut off. Deterministic; allocates about 30 bytes a working pixel.
 * @example
 * const { box, confidence, flags } = classicalDetector().detect(picture);
 */
export function classicalDetector(options: ClassicalDetectorOptions = {}): ClassicalDetector {
  const { workWidth = 512, confidence: threshold = 0.2 } = options;
  if (!Number.isInteger(workWidth) || workWidth < 64)
    throw new RangeError(`vision: workWidth ${workWidth}, expected a whole number of at least 64`);
  const settings = { ...detectorSettings, ...options.settings };
  return { id: `classical-1@${workWidth}`, detect: (picture) => detectIn(picture, workWidth, threshold, settings) };
}

/** Smaller pictures hold no specimen that could be told from noise. */
const leastSide = 16;

function detectIn(picture: Picture, workWidth: number, threshold: number, settings: DetectorSettings): Detection {
  checkPicture(picture);
  const width = Math.min(picture.width, workWidth);
  const height = Math.max(1, Math.round((picture.height * width) / picture.width));
  if (Math.min(width, height) < leastSide) return nothing(picture);
  const work = width === picture.width ? picture : resizePicture(picture, { width, height });
  const background = fitBackground(work, settings.fitRadius);
  const wall = dishWall(width, height, settings.wallRadius);
  const score = specimenScore(work, background, settings);
  const thresholds = thresholdsOf(score, wall, background.sigma, settings);
  for (let i = 0; i < score.length; i++) if (wall[i] === 1) score[i] = (score[i] as number) / 2;
  const choice =
    chooseSpecimen(score, wall, width, height, thresholds, settings) ??
    chooseSpecimen(withoutWall(score, wall), wall, width, height, thresholds, settings);
  if (choice === undefined) return nothing(picture);
  const confidence = confidenceOf(choice, background, thresholds.low, score.length);
  const box = scaled(choice.box, width, height, picture);
  const rivals = choice.others.filter((other) => isRival(other, choice.main));
  return {
    box,
    confidence,
    flags: flagsOf(choice, rivals, box, picture, confidence < threshold),
    mask: enlarged(choice.mask, width, height, picture),
    others: rivals.map((other) => scaled(other.box, width, height, picture)),
  };
}

function nothing({ width, height }: Picture): Detection {
  return { box: { x0: 0, y0: 0, x1: width, y1: height }, confidence: 0, flags: ['empty'], others: [] };
}

/** A specimen that a hair or glare ties to the wall would be taken for a part of it. */
function withoutWall(score: Float32Array, wall: Uint8Array): Float32Array {
  return score.map((value, i) => (wall[i] === 1 ? 0 : value));
}

function thresholdsOf(
  score: Float32Array,
  wall: Uint8Array,
  sigma: number,
  { high, low }: DetectorSettings,
): { low: number; high: number } {
  const otsu = otsuThreshold(score, wall);
  const upper = Math.max(high.otsu * otsu, high.sigma * sigma, high.floor);
  return { high: upper, low: Math.max(Math.min(low.otsu * otsu, low.high * upper), low.sigma * sigma, low.floor) };
}

/** Contrast, evenness of the background, size, wall and runner-up: each in [0, 1], multiplied. */
function confidenceOf({ main, others }: Choice, { sigma }: BackgroundSurface, low: number, pixels: number): number {
  const excess = main.weight / main.area - low;
  const contrast = Math.max(0, excess) / (Math.max(0, excess) + 10);
  const evenness = 1 / (1 + (sigma / 10) ** 2);
  const size = 1 - Math.exp(-main.area / (0.0004 * pixels));
  const runnerUp = (others[0]?.value ?? 0) / main.value;
  return contrast * evenness * size * (1 - main.wallShare) * (1 - runnerUp / 2);
}

/** Of similar weight and not just a hair. */
function isRival(other: Candidate, main: Candidate): boolean {
  return other.weight >= 0.2 * main.weight && other.depth >= 0.35 * main.depth;
}

function flagsOf(
  { main, others }: Choice,
  rivals: readonly Candidate[],
  box: BoundingBox,
  picture: Picture,
  doubtful: boolean,
): DetectionFlag[] {
  const flags: DetectionFlag[] = [];
  if (doubtful) flags.push('low-confidence');
  if (rivals.length > 0) flags.push('several-specimens');
  if (box.x0 === 0 || box.y0 === 0 || box.x1 === picture.width || box.y1 === picture.height)
    flags.push('border-contact');
  if (others.filter((other) => other.area < 0.2 * main.area).length >= 12) flags.push('debris');
  if (main.wallShare > 0.15) flags.push('rim');
  return flags;
}

function scaled({ x0, y0, x1, y1 }: BoundingBox, width: number, height: number, picture: Picture): BoundingBox {
  const across = picture.width / width;
  const down = picture.height / height;
  return {
    x0: Math.floor(x0 * across),
    y0: Math.floor(y0 * down),
    x1: Math.min(picture.width, Math.ceil(x1 * across)),
    y1: Math.min(picture.height, Math.ceil(y1 * down)),
  };
}

/** Nearest neighbour, from the working picture to the picture. */
function enlarged(mask: Uint8Array, width: number, height: number, to: Picture): SpecimenMask {
  const data = new Uint8Array(to.width * to.height);
  const column = Int32Array.from({ length: to.width }, (_, x) => Math.floor(((x + 0.5) * width) / to.width));
  for (let y = 0; y < to.height; y++) {
    const from = Math.floor(((y + 0.5) * height) / to.height) * width;
    for (let x = 0; x < to.width; x++) data[y * to.width + x] = mask[from + (column[x] as number)] as number;
  }
  return { width: to.width, height: to.height, data };
}
