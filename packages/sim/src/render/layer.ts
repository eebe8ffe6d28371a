/** A picture of the specimen alone, in samples finer than pixels: premultiplied colour, depth, and where there is anything at all. */
export interface Layer {
  /** The corner, in samples of the whole photo. */
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
  /** (height, width, 4) */
  readonly colour: Float32Array;
  readonly depth: Float32Array;
  readonly cover: Uint8Array;
}

export function layer(x0: number, y0: number, width: number, height: number): Layer {
  const count = width * height;
  return {
    x0,
    y0,
    width,
    height,
    colour: new Float32Array(4 * count),
    depth: new Float32Array(count).fill(-1e9),
    cover: new Uint8Array(count),
  };
}

/** Lays a colour over a sample, unless something nearer is there. Opaque colours hide what comes later behind them. */
export function over(
  into: Layer,
  index: number,
  depth: number,
  rgb: ArrayLike<number>,
  brightness: number,
  added: number,
  alpha: number,
): void {
  if (depth < (into.depth[index] as number)) return;
  const { colour } = into;
  const at = 4 * index;
  const rest = 1 - alpha;
  colour[at] = alpha * Math.min(1.2, (rgb[0] as number) * brightness + added) + rest * (colour[at] as number);
  colour[at + 1] = alpha * Math.min(1.2, (rgb[1] as number) * brightness + added) + rest * (colour[at + 1] as number);
  colour[at + 2] = alpha * Math.min(1.2, (rgb[2] as number) * brightness + added) + rest * (colour[at + 2] as number);
  colour[at + 3] = alpha + rest * (colour[at + 3] as number);
  if (alpha > 0.6) into.depth[index] = depth;
}
