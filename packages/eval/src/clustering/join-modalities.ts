import { BioscanError, tensor, type EmbeddingBlock } from '@bioscan/core';
import { applyTransform, standardise } from '../transform.js';
import { rowsAt } from '../training-rows.js';

/**
 * Image and DNA vectors of the same records side by side, each feature standardised.
 * @param imageWeight share of the image in the mean squared distance, 0 to 1; `paper` is plain concatenation, where the longer vector weighs more
 * @returns the records that both have, in the order of the images
 * @throws BioscanError `mismatch` when no record has both
 */
export function joinModalities(
  image: EmbeddingBlock,
  dna: EmbeddingBlock,
  imageWeight: number | 'paper',
): EmbeddingBlock & { readonly unpaired: number } {
  if (imageWeight !== 'paper' && !(imageWeight >= 0 && imageWeight <= 1)) {
    throw new RangeError(`eval: the weight of the image lies in 0 to 1, got ${imageWeight}`);
  }
  const rowOf = new Map(dna.ids.map((id, row) => [id, row]));
  const paired = image.ids.flatMap((id, row) => {
    const other = rowOf.get(id);
    return other === undefined ? [] : [{ id, row, other }];
  });
  if (paired.length === 0) {
    throw new BioscanError(
      'mismatch',
      `eval: image and DNA, got no id in both of ${image.ids.length} and ${dna.ids.length}, expected the same records`,
    );
  }
  const parts = [
    rowsAt(
      image.vectors,
      paired.map(({ row }) => row),
    ),
    rowsAt(
      dna.vectors,
      paired.map(({ other }) => other),
    ),
  ];
  const weights = imageWeight === 'paper' ? undefined : [imageWeight, 1 - imageWeight];
  const scaled = parts.map((x, part) => {
    const width = x.shape[1] as number;
    const factor = weights === undefined ? 1 : Math.sqrt((weights[part] as number) / width);
    return { width, data: applyTransform(standardise().fit(x), x).data.map((value) => value * factor) };
  });
  const width = scaled.reduce((sum, part) => sum + part.width, 0);
  const data = new Float32Array(paired.length * width);
  paired.forEach((_, row) => {
    let at = row * width;
    for (const part of scaled) {
      data.set(part.data.subarray(row * part.width, (row + 1) * part.width), at);
      at += part.width;
    }
  });
  const unpaired = image.ids.length + dna.ids.length - 2 * paired.length;
  return { ids: paired.map(({ id }) => id), vectors: tensor('float32', [paired.length, width], data), unpaired };
}
