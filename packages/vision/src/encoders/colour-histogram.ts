import { tensor, type Encoder, type EncoderProvenance, type Picture, type Tensor } from '@bioscan/core';
import { checkPicture } from '../pixels/check-picture.js';

export interface ColourHistogramOptions {
  /** Parts of each channel; the histogram has bins³ cells. Default 4. */
  readonly bins?: number;
  /** Adds what the frame says of the specimen's size: log width, log height and the share of dark pixels. Default true. */
  readonly size?: boolean;
}

/**
 * A baseline trained on nothing: how much of a picture has which colour. Cells are square roots of shares, so that the dot product of two
 * histograms is their Bhattacharyya coefficient. What a learned encoder adds must show against this one.
 */
export function colourHistogram(options: ColourHistogramOptions = {}): Encoder<Picture> {
  const { bins = 4, size = true } = options;
  if (!Number.isInteger(bins) || bins < 2 || bins > 16)
    throw new RangeError(`vision: bins, got ${bins}, expected 2 to 16`);
  const dimension = bins ** 3 + (size ? 3 : 0);
  const id = `colour-histogram-${bins}${size ? '-size' : ''}`;
  const provenance: EncoderProvenance = {
    id,
    modality: 'image',
    dimension,
    settings: { bins, size },
    corpus: { kind: 'process-ids', members: [] },
  };
  return { id, modality: 'image', dimension, maxBatch: 256, provenance, encode };

  function encode(batch: readonly Picture[]): Promise<Tensor<'float32'>> {
    const vectors = new Float32Array(batch.length * dimension);
    for (const [i, picture] of batch.entries()) {
      checkPicture(picture);
      const row = vectors.subarray(i * dimension, (i + 1) * dimension);
      countColours(row.subarray(0, bins ** 3), picture, bins);
      if (size) row.set(sizeFeatures(picture), bins ** 3);
    }
    return Promise.resolve(tensor('float32', [batch.length, dimension], vectors));
  }
}

function countColours(cells: Float32Array, { width, height, data }: Picture, bins: number): void {
  const cell = Uint16Array.from({ length: 256 }, (_, level) => Math.floor((level * bins) / 256));
  for (let i = 0; i < data.length; i += 3) {
    const red = cell[data[i] as number] as number;
    const green = cell[data[i + 1] as number] as number;
    const blue = cell[data[i + 2] as number] as number;
    const at = (red * bins + green) * bins + blue;
    cells[at] = (cells[at] as number) + 1;
  }
  for (let i = 0; i < cells.length; i++) cells[i] = Math.sqrt((cells[i] as number) / (width * height));
}

/** Scaled to about the weight of one cell. A pixel is dark below half of full luminance: dishes are pale. */
function sizeFeatures({ width, height, data }: Picture): readonly number[] {
  let dark = 0;
  for (let i = 0; i < data.length; i += 3) {
    const luminance = 0.299 * (data[i] as number) + 0.587 * (data[i + 1] as number) + 0.114 * (data[i + 2] as number);
    if (luminance < 128) dark++;
  }
  return [Math.log2(width) / 10, Math.log2(height) / 10, dark / (width * height)];
}
