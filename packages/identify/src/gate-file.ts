import { BioscanError, type UnlikeGate } from '@bioscan/core';
import { floats, joined, littleEndian } from './float-bytes.js';
import { identifierFiles, type IdentifierManifest } from './manifest.js';

/** Bytes of `gate.bin`: mean, directions, points, scores and their weights as little-endian float32; the sizes stand in the manifest. */
export function encodeGate({ mean, directions, points, scores, weights }: UnlikeGate): Uint8Array {
  const shares = weights ?? new Float32Array(scores.length).fill(1 / (scores.length + 1));
  return joined([mean, directions, points, scores, shares].map(littleEndian));
}

/** @throws BioscanError `mismatch` when the size is not that of the manifest's numbers */
export function decodeGate(
  bytes: Uint8Array,
  { axes, photos, scores: count, neighbours, falseAlarmRate }: IdentifierManifest['gate'],
  dimension: number,
): UnlikeGate {
  const file = identifierFiles.gate;
  const sizes = [dimension, axes * dimension, photos * axes, count, count];
  const expected = 4 * sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== expected || neighbours >= photos) {
    throw new BioscanError(
      'mismatch',
      `identify: ${file}, got ${bytes.length} bytes and ${neighbours} neighbours, expected ${expected} bytes for ${photos} photos along ${axes} axes of ${dimension}, ${count} scores and fewer neighbours than photos; export the identifier again`,
      { file },
    );
  }
  const values = floats(bytes);
  let at = 0;
  const [mean, directions, points, scores, weights] = sizes.map((size) => values.subarray(at, (at += size))) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  return { dimension, axes, mean, directions, points, scores, weights, neighbours, falseAlarmRate };
}
