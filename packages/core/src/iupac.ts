/** Which bases a letter stands for: A 1, C 2, G 4, T 8 (Cornish-Bowden 1985). Anything unknown may be any base. */
const bases = /* @__PURE__ */ baseTable();

/** Bits of the bases that an upper-case letter code stands for. */
export function basesOf(code: number): number {
  return code < 128 ? (bases[code] as number) : 15;
}

/** True for A, C, G, T and U. */
export function isUnambiguous(code: number): boolean {
  const bits = basesOf(code);
  return (bits & (bits - 1)) === 0;
}

function baseTable(): Uint8Array {
  const table = new Uint8Array(128).fill(15);
  const codes = { A: 1, C: 2, G: 4, T: 8, U: 8, R: 5, Y: 10, S: 6, W: 9, K: 12, M: 3, B: 14, D: 13, H: 11, V: 7 };
  for (const [letter, bits] of Object.entries(codes)) table[letter.charCodeAt(0)] = bits;
  return table;
}
