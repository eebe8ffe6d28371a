/** Which bases each letter of a sequence may be: bits A 1, C 2, G 4, T 8. Make it once for a sequence that is compared often. */
export interface BaseCodes {
  readonly masks: Uint8Array;
}

/** Bits of an IUPAC code (Cornish-Bowden 1985); 0 for gaps and white space, 15 for N, `?` and letters that name no base. */
const bitsByCode = /* @__PURE__ */ bitTable();

/** Reads a sequence in either case, U as T. Gaps (`-`, `.`, `~`) and white space are left out: positions count letters. Linear. */
export function baseCodes(sequence: string): BaseCodes {
  const masks = new Uint8Array(sequence.length);
  let length = 0;
  for (let i = 0; i < sequence.length; i++) {
    const code = sequence.charCodeAt(i);
    const bits = code < 128 ? (bitsByCode[code] as number) : 15;
    if (bits !== 0) masks[length++] = bits;
  }
  return { masks: length === masks.length ? masks : masks.slice(0, length) };
}

function bitTable(): Uint8Array {
  const table = new Uint8Array(128).fill(15);
  for (const gap of '-.~ \t\r\n\f\v') table[gap.charCodeAt(0)] = 0;
  const codes = { A: 1, C: 2, G: 4, T: 8, U: 8, R: 5, Y: 10, S: 6, W: 9, K: 12, M: 3, B: 14, D: 13, H: 11, V: 7 };
  for (const [letter, bits] of Object.entries(codes)) {
    table[letter.charCodeAt(0)] = bits;
    table[letter.toLowerCase().charCodeAt(0)] = bits;
  }
  return table;
}
