import { barcodeHash, tensor, type PretrainingCorpus, type Tensor } from '@bioscan/core';

/** The distinct barcodes of a training set as sorted hashes, for leakage audits. */
export function barcodeCorpus(barcodes: Iterable<string>): PretrainingCorpus {
  const members = new Set<string>();
  for (const barcode of barcodes) members.add(barcodeHash(barcode));
  return { kind: 'barcode-hashes', members: [...members].sort() };
}

/** Hashes of 16 hexadecimal digits as int64 (n): a checkpoint of two million barcodes grows by 16 MB. */
export function packHashes(members: readonly string[]): Tensor<'int64'> {
  const packed = BigInt64Array.from(members, (hash) => BigInt.asIntN(64, BigInt(`0x${hash}`)));
  return tensor('int64', [packed.length], packed);
}

/** The hashes behind {@link packHashes}, in order. */
export function unpackHashes(packed: BigInt64Array): string[] {
  return Array.from(packed, (hash) => BigInt.asUintN(64, hash).toString(16).padStart(16, '0'));
}
